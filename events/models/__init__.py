from events.models.access_need import AccessNeed
from events.models.material import Material
from events.models.registration import Registration
from events.models.reminder import Reminder
from events.models.session import Session
from events.models.sign_up_draft import SignUpDraft

__all__ = ["AccessNeed", "Material", "Registration", "Reminder", "Session", "SignUpDraft"]

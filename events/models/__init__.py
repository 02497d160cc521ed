from events.models.registration import Registration, SignUpDraft
from events.models.reminder import Reminder
from events.models.session import Material, Session

__all__ = ["Material", "Registration", "Reminder", "Session", "SignUpDraft"]

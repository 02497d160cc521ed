from events.models.access_need import AccessNeed
from events.models.conversation import Conversation
from events.models.material import Material
from events.models.opening_hours import OpeningHours
from events.models.passed_on import PassedOn
from events.models.registration import Registration
from events.models.reminder import Reminder
from events.models.series import ConversationSeries
from events.models.session import Session
from events.models.sign_up_draft import BookingDraft, SignUpDraft
from events.models.slot import Slot
from events.models.time_request import TimeRequest

__all__ = [
    "AccessNeed",
    "BookingDraft",
    "Conversation",
    "ConversationSeries",
    "Material",
    "OpeningHours",
    "PassedOn",
    "Registration",
    "Reminder",
    "Session",
    "SignUpDraft",
    "Slot",
    "TimeRequest",
]

from events.admin.conversations import ConversationAdmin, TimeRequestAdmin
from events.admin.needs import AccessNeedAdmin
from events.admin.registrations import RegistrationAdmin
from events.admin.series import ConversationSeriesAdmin
from events.admin.sessions import SessionAdmin

__all__ = [
    "AccessNeedAdmin",
    "ConversationAdmin",
    "ConversationSeriesAdmin",
    "RegistrationAdmin",
    "SessionAdmin",
    "TimeRequestAdmin",
]

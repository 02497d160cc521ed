"""The admin's pages of sessions and conversations, each in its subject's own folder."""

from events.conversations.admin.conversations import ConversationAdmin, TimeRequestAdmin
from events.conversations.admin.series import ConversationSeriesAdmin
from events.sessions.admin.needs import AccessNeedAdmin
from events.sessions.admin.registrations import RegistrationAdmin
from events.sessions.admin.sessions import SessionAdmin

__all__ = [
    "AccessNeedAdmin",
    "ConversationAdmin",
    "ConversationSeriesAdmin",
    "RegistrationAdmin",
    "SessionAdmin",
    "TimeRequestAdmin",
]

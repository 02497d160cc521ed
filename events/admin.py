"""The admin's pages of sessions and conversations, each in its subject's own folder."""

from events.conversations.admin.conversations import ConversationAdmin
from events.conversations.admin.series import ConversationSeriesAdmin
from events.conversations.admin.time_requests import TimeRequestAdmin
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

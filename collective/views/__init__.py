from collective.views.calls import call, home, picture
from collective.views.email import change_email
from collective.views.follows import follow_activity, follow_call, stop_following, stop_reminders
from collective.views.health import live, ready
from collective.views.look import look, mark
from collective.views.members import (
    ask_to_delete,
    data,
    download,
    mail_settings,
    me,
    name,
    time_zone,
)
from collective.views.pages import display, page
from collective.views.sign_in import code, new_code, not_staff, sign_in

__all__ = [
    "ask_to_delete",
    "call",
    "change_email",
    "code",
    "data",
    "display",
    "download",
    "follow_activity",
    "follow_call",
    "home",
    "live",
    "look",
    "mail_settings",
    "mark",
    "me",
    "name",
    "new_code",
    "not_staff",
    "page",
    "picture",
    "ready",
    "sign_in",
    "stop_following",
    "stop_reminders",
    "time_zone",
]

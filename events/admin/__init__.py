from events.admin.needs import AccessNeedAdmin
from events.admin.registrations import RegistrationAdmin
from events.admin.sessions import SessionAdmin

__all__ = ["AccessNeedAdmin", "RegistrationAdmin", "SessionAdmin"]

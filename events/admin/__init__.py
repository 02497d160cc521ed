from events.admin.registrations import RegistrationAdmin
from events.admin.sessions import SessionAdmin

__all__ = ["RegistrationAdmin", "SessionAdmin"]

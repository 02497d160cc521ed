"""The product without the lock of the session's row: what the rush benchmark's negative control serves."""

from collective.wsgi import application
from events.models import Session

Session.locked = lambda self: Session.objects.get(pk=self.pk)

__all__ = ["application"]

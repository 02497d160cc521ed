"""The product without the lock of a session's or series' row: what the benchmarks' negative
controls serve.
"""

from collective.wsgi import application
from events.models import ConversationSeries, Session

# The lock is the protection that is taken off here.
Session.locked = lambda self: Session.objects.get(pk=self.pk)  # type: ignore[method-assign]
ConversationSeries.locked = (  # type: ignore[method-assign]
    lambda self: ConversationSeries.objects.get(pk=self.pk)
)

__all__ = ["application"]

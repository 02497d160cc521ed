"""What is forgotten of a session, and when."""

from datetime import timedelta

from django.db.models import Q

from collective import clock
from events.models import AccessNeed, Registration

KEEP_PRIVATE_ANSWERS = timedelta(days=30)  # after the session


def forget_private_answers() -> tuple[int, int]:
    """The sweep: what people told us they need, and who came along, go 30 days after the session.

    Returns (seen, done).
    """
    old = Registration.objects.filter(session__ends_at__lt=clock.now() - KEEP_PRIVATE_ANSWERS)
    answered = old.filter(Q(access_needs__isnull=False) | Q(companion__isnull=False))
    done = answered.update(access_needs=None, companion=None)
    AccessNeed.objects.filter(registration__in=old).delete()
    return done, done

"""What messages a test has caused, and where the addresses in them lead."""

from collections import Counter
from urllib.parse import urlsplit

from collective.models import Message


def kinds(person=None):
    """How many messages of each kind there are, for all or for one person."""
    rows = Message.objects.filter(person=person) if person else Message.objects.all()
    return Counter(rows.values_list("kind", flat=True))


def path_of(address):
    """The path and query of a whole address, for the test client."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path

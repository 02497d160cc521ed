import pytest
from django.db import connection

from portal import invariants


@pytest.fixture(autouse=True)
def invariants_hold(request, transactional_db):
    """Whatever was killed, once the test is over the database holds all that it promises.

    But for a negative control: there something was taken off that keeps it.
    """
    yield
    is_control = "negative_control" in request.node.name or "_without_" in request.node.name
    if not is_control:
        connection.close()  # what a test cut is opened anew
        assert invariants.broken() == []

"""Ten leads move sections to places in the same moment: each move counts, one after the other."""

import pytest

from policy_drafts.desk import outline
from policy_drafts.models import Policy
from tests.factories import PolicyFactory, section_in
from tests.faults.test_places_at_once import at_once

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
MANY = 10


@pytest.fixture
def sections():
    policy = PolicyFactory()
    return [section_in(policy, title=str(number)) for number in range(MANY)]


def move_all(sections):
    """Each section to the first place; the outcome of each, by name."""

    def tried(section):
        try:
            return outline.move_to(section, 1)[1]
        except Exception as error:
            return type(error).__name__

    return at_once([lambda section=section: tried(section) for section in sections])


def test_each_move_counts_and_no_place_is_taken_twice(sections):
    assert move_all(sections) == [1] * MANY

    rows = sections[0].policy.sections.live()
    assert [row.position for row in rows] == list(range(1, MANY + 1))
    assert sorted(row.title for row in rows) == [str(number) for number in range(MANY)]


def test_without_the_lock_moves_fail(sections, monkeypatch):
    monkeypatch.setattr(Policy, "locked", lambda self: self)
    monkeypatch.setattr(outline, "_live", lambda section: section)

    found = {result for _ in range(5) for result in move_all(sections)}

    assert found & {"IntegrityError", "OperationalError"}

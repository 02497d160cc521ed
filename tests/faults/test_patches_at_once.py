"""Other words for two blocks of one section, taken into the text in the same moment."""

import pytest

from policy_drafts.desk import writing
from policy_drafts.models import Section
from tests.factories import PersonFactory, PolicyFactory, section_in
from tests.payments.at_once import overtaken_by

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]


def two_at_once():
    """The texts of the section after two people changed one block each."""
    section = section_in(PolicyFactory(), html="<p>One.</p><p>Two.</p>")
    first, second = section.blocks

    def patch(block, words):
        writing.patch_block(section, PersonFactory(), block.uid, seen=block.text, words=words)

    overtaken_by(lambda: patch(first, "Uno."), lambda: patch(second, "Due."))
    return [block.text for block in Section.objects.get(pk=section.pk).blocks]


def test_both_stand_in_the_text():
    assert two_at_once() == ["Uno.", "Due."]


def test_without_the_lock_one_is_lost(monkeypatch):
    monkeypatch.setattr(Section, "locked", lambda self: Section.objects.get(pk=self.pk))

    assert two_at_once() == ["Uno.", "Two."]

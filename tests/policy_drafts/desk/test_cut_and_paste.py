"""A passage keeps its identity through cut and paste, in whichever order."""

import pytest
from django.db import InternalError, transaction

from policy_drafts.desk import outline, writing
from policy_drafts.drafts import contents, continuing
from policy_drafts.models import Continuation, Section
from policy_drafts.text import blocks, change_words, diffs
from tests.factories import PersonFactory, PolicyFactory, published

pytestmark = pytest.mark.django_db
STAYS = "<p>Nobody is treated worse for speaking up in a session.</p>"
GOES = "<p>We answer every report within two working days.</p>"
LIKE = "<p>We answer every report within five working days.</p>"


@pytest.fixture
def policy(db):
    return PolicyFactory()


@pytest.fixture
def lead(db):
    return PersonFactory()


@pytest.fixture
def two(policy, lead):
    """Two sections, the first with a paragraph that goes, the second with one that is like it."""
    return (
        outline.add(policy, lead, "Reports", html=STAYS + GOES),
        outline.add(policy, lead, "Answers", html=LIKE),
    )


def save(section, lead, html):
    now = Section.objects.get(pk=section.pk)
    writing.save(now, lead, now.lock_version, title=now.title, html=html, state=now.state)


def uid_of(section, html):
    (wanted,) = blocks.read(blocks.with_uids(html))
    rows = Section.objects.get(pk=section.pk).blocks
    return next(row for row in rows if row.text == wanted.text)


def told(policy, draft):
    """{title: what changed since the draft}"""
    now = contents.of_working_copy(policy).sections
    changes = diffs.compare_sections(contents.of_draft(draft), now)
    return {row.section.title: change_words.of_section(row) for row in changes if row.is_changed}


MOVED = {
    "Reports": "One paragraph moved to section 2, word for word",
    "Answers": "One paragraph moved here from section 1, word for word",
}


def test_cut_first(policy, lead, two):
    draft, (source, target) = published(policy), two

    save(source, lead, STAYS)
    save(target, lead, GOES + LIKE)

    assert told(policy, draft) == MOVED


def test_pasted_first(policy, lead, two):
    draft, (source, target) = published(policy), two

    save(target, lead, LIKE + GOES)
    save(source, lead, STAYS)

    assert told(policy, draft) == MOVED


def test_pasted_over_one_that_it_is_like(policy, lead, two):
    _, (source, target) = published(policy), two
    was, like = uid_of(source, GOES), uid_of(target, LIKE)

    save(target, lead, GOES)

    now = uid_of(target, GOES)
    assert now.uid not in {was.uid, like.uid} and now.carried_from == was.uid


def test_cut_before_there_was_a_draft(policy, lead, two):
    source, target = two
    was = uid_of(source, GOES)
    save(source, lead, STAYS)

    save(target, lead, LIKE + GOES)

    assert uid_of(target, GOES).carried_from == was.uid


def test_pasted_as_a_section_of_its_own(policy, lead, two):
    draft, (source, _) = published(policy), two
    save(source, lead, STAYS)

    outline.add(policy, lead, "Promises", html=GOES)

    assert told(policy, draft)["Promises"] == (
        "This section was split off from section 1. "
        "One paragraph moved here from section 1, word for word"
    )


def test_save_without_new_words_asks_nothing_more(policy, lead, two, django_assert_max_num_queries):
    source, _ = two
    with django_assert_max_num_queries(7) as plain:
        save(source, lead, GOES + STAYS)

    assert not any("draftblock" in row["sql"].lower() for row in plain.captured_queries)


def test_passage_is_followed_through_all_drafts_between(policy, lead, two):
    source, target = two
    first = published(policy)
    save(source, lead, STAYS)
    save(target, lead, LIKE + GOES)
    published(policy)
    save(target, lead, LIKE)
    save(source, lead, STAYS + GOES.replace("two", "ten"))
    save(source, lead, STAYS + GOES)
    third = published(policy)

    known = continuing.between(first, third)
    changes = diffs.compare_sections(contents.of_draft(first), contents.of_draft(third), known)

    assert [change_words.of_section(row) for row in changes] == ["Nothing changed"] * 2


def test_what_was_noted_of_a_draft_never_changes(policy, lead, two):
    source, target = two
    published(policy)
    save(source, lead, STAYS)
    save(target, lead, LIKE + GOES)
    row = published(policy).continuations.get()

    assert row.how == "carried_from"
    with pytest.raises(InternalError), transaction.atomic():
        Continuation.objects.filter(pk=row.pk).update(how="equal_text")

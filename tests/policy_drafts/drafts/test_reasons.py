"""Why a section changed: given at the desk, read beside the change, kept with the draft."""

import uuid

import pytest
from django.db import Error, transaction

from policy_drafts.desk import outline, writing
from policy_drafts.drafts import contents, publishing, reasons
from policy_drafts.models import Audience, Reason, Section
from tests.factories import PersonFactory, published, section_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("community")]


@pytest.fixture
def section(policy, lead):
    return section_in(policy, "<p>We answer within five days.</p>", by=lead)


def reword(section, number, words):
    html = f"<p>We answer within {words} days.</p>"
    state = Section.State.READY
    writing.save(section, PersonFactory(), number, title="Why", html=html, state=state)


def words(client, address):
    return " ".join(client.get(f"/policies/safe/{address}").content.decode().split())


def test_reason_is_read_beside_the_change_and_in_the_history(policy, lead, section, client):
    published(policy)
    reword(section, 1, "two")
    client.post(f"/policies/safe/write/{section.pk}/why/", {"why": "Six people asked for it."})
    published(policy)
    client.logout()

    addresses = ["drafts/2/changes/", "drafts/2/changes/whole/", f"sections/{section.pk}/"]
    pages = [words(client, address) for address in addresses]

    assert ["<b>Why:</b> Six people asked for it." in page for page in pages] == [True] * 3
    assert Section.objects.get().why == ""


def test_reasons_of_several_drafts_name_theirs(policy, section, client):
    published(policy)
    for number, words_now in ((1, "four"), (2, "two")):
        reword(section, number, words_now)
        reasons.give(Section.objects.get(), f"For {words_now}.")
        published(policy)

    page = words(client, "drafts/3/changes/?from=1")

    assert "<b>Why:</b> For two." in page and "<b>Why, in draft 2:</b> For four." in page


def test_reason_of_a_draft_that_somebody_may_not_read_is_not_told_to_them(policy, section, client):
    published(policy)
    reword(section, 1, "four")
    reasons.give(Section.objects.get(), "For the group alone.")
    published(policy, audience=Audience.WORKING_GROUP)
    reword(section, 2, "two")
    published(policy)
    client.logout()

    addresses = ["drafts/3/changes/", f"sections/{section.pk}/"]

    assert ["For the group" in words(client, address) for address in addresses] == [False] * 2


def test_reason_waits_while_its_section_has_not_changed(policy, section):
    published(policy)
    reasons.give(Section.objects.get(), "Too early.")

    published(policy)

    assert (Reason.objects.count(), Section.objects.get().why) == (0, "Too early.")


def test_reason_waits_while_its_section_only_has_another_number(policy, section, lead):
    published(policy)
    reasons.give(section, "Too early.")
    first = outline.add(policy, lead, "Before it", key=uuid.uuid4())
    outline.move(first, -1)

    published(policy)

    assert (Reason.objects.count(), Section.objects.get(pk=section.pk).why) == (0, "Too early.")


def test_section_that_was_taken_out_can_say_why(policy, section, client):
    other = section_in(policy, title="Gone")
    published(policy)
    outline.remove(other)
    reasons.give(Section.objects.get(pk=other.pk), "Nobody needed it.")
    published(policy)

    assert "<b>Why:</b> Nobody needed it." in words(client, "drafts/2/changes/")


def test_rehearsal_shows_the_reasons_that_wait(policy, section, client):
    published(policy)
    reword(section, 1, "two")
    reasons.give(Section.objects.get(), "Six people asked for it.")

    assert "<b>Why:</b> Six people asked" in words(client, "write/publish/?for=public")


def test_database_refuses_to_change_a_reason(policy, section):
    published(policy)
    reword(section, 1, "two")
    reasons.give(Section.objects.get(), "Six people asked for it.")
    published(policy)

    with pytest.raises(Error), transaction.atomic():
        Reason.objects.update(words="Nobody did.")


def test_reason_of_a_withdrawn_draft_is_told_with_the_next(policy, section, lead, client):
    published(policy)
    reword(section, 1, "two")
    reasons.give(Section.objects.get(), "Six people asked for it.")
    publishing.withdraw(published(policy), lead, "A name stood in it.")
    reasons.give(Section.objects.get(), f"{Section.objects.get().why}\nAnd one more.")
    published(policy)
    client.logout()

    page = words(client, "drafts/3/changes/")

    assert "Six people asked for it.<br>And one more." in page


def test_reason_of_a_withdrawn_draft_before_one_that_stands_is_not_told_later(
    policy, section, lead
):
    published(policy)
    reword(section, 1, "two")
    reasons.give(Section.objects.get(), "Six people asked for it.")
    withdrawn = published(policy)
    published(policy)

    publishing.withdraw(withdrawn, lead, "A name stood in it.")

    assert Section.objects.get().why == ""


def test_reason_that_nobody_looked_at_is_not_published(policy, section):
    shown = contents.fingerprint(policy)
    reasons.give(section, "Six people asked for it.")

    assert contents.fingerprint(policy) != shown


def test_reason_that_a_colleague_gave_meanwhile_is_said_and_not_lost(policy, section, client):
    address = f"/policies/safe/write/{section.pk}/why/"
    reasons.give(section, "Theirs.")

    refused = client.post(address, {"why": "Mine.", "shown": ""}).content.decode()
    kept = Section.objects.get().why
    client.post(address, {"why": "Both.", "shown": reasons.mark("Theirs.")})

    assert "reason meanwhile: “Theirs.”" in refused and "Mine." in refused
    assert (reasons.mark("Theirs.") in refused, kept) == (True, "Theirs.")
    assert Section.objects.get().why == "Both."

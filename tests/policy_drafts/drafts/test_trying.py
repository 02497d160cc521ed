"""Every file is made once before a draft is sealed, and what cannot be made is told."""

import pytest
from celery.exceptions import SoftTimeLimitExceeded

from policy_drafts.desk import bringing_in, work
from policy_drafts.drafts import contents, exports, trying
from policy_drafts.models import Draft, FilesTrial
from tests.factories import section_in

pytestmark = pytest.mark.django_db
PAGE = "/policies/safe/write/publish/"


@pytest.fixture
def section(policy, lead, community):
    return section_in(policy, "<p>Be kind.</p>", "Why", lead)


@pytest.fixture
def nobody_works(monkeypatch):
    """The broker is silent, and no page waits."""
    monkeypatch.setattr(work, "announce", lambda kind, row: None)
    monkeypatch.setattr(work, "PATIENCE", 0)


@pytest.fixture
def no_pdf(monkeypatch):
    monkeypatch.setitem(exports.MAKERS, "pdf", lambda edition: 1 / 0)


def press(client, policy, **more):
    form = {
        "audience": "working_group",
        "for": "working_group",
        "based_on": contents.of_working_copy(policy).fingerprint,
        "news": "It is new.",
    }
    return client.post(PAGE, form | more)


def words_of(answer):
    return " ".join(answer.content.decode().split())


def test_draft_is_sealed_after_its_files_were_made(client, policy, section):
    answer = press(client, policy, publish="1")

    assert answer["Location"] == "/policies/safe/drafts/1/"
    assert FilesTrial.objects.get().failed == []


def test_page_waits_and_nothing_is_published_meanwhile(client, policy, section, nobody_works):
    page = words_of(press(client, policy, publish="1"))
    asked = client.get(PAGE, headers={"Accept": "application/json"})

    assert "Nothing is published yet" in page and "It is new." in page
    assert (asked.json(), Draft.objects.count()) == ({"waits": True}, 0)

    assert work.do_due() == (1, 1)
    assert press(client, policy, publish="1").status_code == 302


@pytest.mark.parametrize("button", ["publish", "try", "look"])
def test_each_button_says_that_the_text_was_changed(client, policy, section, nobody_works, button):
    shown = contents.fingerprint(policy)
    section_in(policy, "<p>More.</p>", "How")

    page = words_of(press(client, policy, based_on=shown, **{button: "1"}))

    assert "The text was changed" in page and "Nothing is published yet" not in page
    assert FilesTrial.objects.count() == (button == "try")  # of the text as it is now


def test_text_that_changes_while_its_files_are_made_is_said(client, policy, section, monkeypatch):
    monkeypatch.setattr(work, "wait_for", lambda trial: section_in(policy, "<p>M.</p>", "How"))

    page = words_of(press(client, policy, publish="1"))

    assert "The text was changed" in page and Draft.objects.count() == 0


def test_asking_whether_files_are_made_reads_no_text(
    client, policy, section, django_assert_num_queries
):
    assert contents.fingerprint(policy) == contents.of_working_copy(policy).fingerprint
    with django_assert_num_queries(3) as asked:
        contents.fingerprint(policy)
    assert "html" not in asked.captured_queries[0]["sql"]


def test_file_that_cannot_be_made_is_named_and_asks_for_a_yes(client, policy, section, no_pdf):
    page = words_of(press(client, policy, publish="1"))
    assert "From this text we cannot make: PDF." in page and "all the same" in page
    assert Draft.objects.count() == 0

    assert press(client, policy, publish="1", without="on").status_code == 302


def test_files_can_be_tried_before(client, policy, section):
    assert "Make them now, to see" in words_of(client.get(PAGE))
    assert "Each file can be made of this text" in words_of(press(client, policy, **{"try": "1"}))
    assert Draft.objects.count() == 0


def test_other_text_is_tried_anew(client, policy, section, lead):
    press(client, policy, **{"try": "1"})
    section_in(policy, "<p>More.</p>", "How", lead)

    assert "Make them now, to see" in words_of(client.get(PAGE))


def test_files_that_are_stopped_by_their_limits_are_named(client, policy, section, monkeypatch):
    def stopped(act, **limits):
        raise work.bounded.TooMuch

    monkeypatch.setattr(work.bounded, "run", stopped)

    assert "cannot make: Word, PDF" in words_of(press(client, policy, publish="1"))


def test_doubled_press_orders_one_trial_and_it_goes_after_a_day(
    policy, section, nobody_works, early
):
    shown = contents.of_working_copy(policy).fingerprint
    assert trying.order(policy, shown).pk == trying.order(policy, shown).pk

    early.shift(bringing_in.FORGET_COPIES * 2)

    assert (bringing_in.forget_old(), FilesTrial.objects.count()) == ((1, 1), 0)


def test_sign_in_the_news_that_cannot_be_printed_is_named(client, policy, section):
    page = words_of(press(client, policy, publish="1", news="Old \U00012000"))

    assert "The files cannot show this: “\U00012000”" in page and Draft.objects.count() == 0


def test_trial_that_was_begun_late_in_a_task_waits_for_the_next(policy, section, monkeypatch):
    def time_is_over(act, **limits):
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(work, "announce", lambda kind, row: None)
    monkeypatch.setattr(work.bounded, "run", time_is_over)
    row = trying.order(policy, contents.fingerprint(policy))
    states = []
    for _ in range(work.MOST_ATTEMPTS):
        with pytest.raises(SoftTimeLimitExceeded):
            work.do_due()
        row.refresh_from_db()
        states.append((row.is_waiting, row.lease_until, "longer to make" in row.why))

    assert states == [(True, None, False), (True, None, False), (False, None, True)]

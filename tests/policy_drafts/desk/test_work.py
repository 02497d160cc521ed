"""What a worker does for a writer: waited for, refused with words, tried again, never twice."""

from dataclasses import replace

import pytest

from policy_drafts.desk import bringing_in, work
from policy_drafts.desk.readers import word
from policy_drafts.models import Import, WorkingCopyFile
from tests.factories import role_in, section_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def nobody_works(monkeypatch):
    """The broker is silent, and no page waits."""
    monkeypatch.setattr(work, "announce", lambda kind, row: None)
    monkeypatch.setattr(work, "PATIENCE", 0)


@pytest.fixture
def waiting(nobody_works, policy, lead):
    return bringing_in.bring(policy, lead, "x.md", b"# One\n\ntext")


def page_of(row, client):
    return client.get(f"/policies/safe/write/import/{row.pk}/")


def test_page_waits_and_can_be_looked_at_again(waiting, client):
    page = page_of(waiting, client).content.decode()

    assert "One moment, please" in page and "Look again" in page


def test_script_of_the_page_hears_when_it_is_over(waiting, client):
    asked = {"headers": {"Accept": "application/json"}}
    address = f"/policies/safe/write/import/{waiting.pk}/"
    before = client.get(address, **asked).json()

    work.do_due()

    assert (before, client.get(address, **asked).json()) == ({"waits": True}, {"waits": False})


def test_sweep_finds_what_no_ring_announced_and_does_it_once(waiting, client):
    assert (work.do_due(), work.do_due()) == ((1, 1), (0, 0))
    assert "Look through it" in page_of(waiting, client).content.decode()


def test_file_itself_is_gone_once_it_is_read(waiting):
    work.do_due()

    waiting.refresh_from_db()
    assert waiting.file is None and waiting.held["sections"][0]["title"] == "One"


@pytest.mark.parametrize("is_begun", [False, True])
def test_nothing_is_kept_of_a_file_that_its_writer_is_done_with(
    waiting, client, monkeypatch, is_begun
):
    def finish_meanwhile(row):
        client.post(f"/policies/safe/write/import/{row.pk}/done/")
        return made(row)

    kind, made = work.KINDS["import"], work.KINDS["import"].make
    begun = replace(kind, make=finish_meanwhile)
    if not is_begun:
        finish_meanwhile(waiting)
    monkeypatch.setitem(work.KINDS, "import", begun)
    work.do("import", waiting.pk)

    waiting.refresh_from_db()
    assert (waiting.file, waiting.held, waiting.is_waiting) == (None, None, False)
    assert page_of(waiting, client)["Location"] == "/policies/safe/write/"


def test_worker_that_died_leaves_it_to_the_next(early, waiting):
    Import.objects.claim(waiting.pk, work.LEASE)
    assert work.do_due() == (0, 0)

    early.shift(work.LEASE * 2)

    assert work.do_due() == (1, 1)


def test_file_whose_workers_all_died_is_given_up(early, waiting):
    for _ in range(work.MOST_ATTEMPTS):
        Import.objects.claim(waiting.pk, work.LEASE)
        early.shift(work.LEASE * 2)

    assert work.do_due() == (1, 0)
    waiting.refresh_from_db()
    assert waiting.has_failed and "save it anew" in waiting.why


def test_file_without_text_says_so_on_its_page(nobody_works, policy, lead, client):
    row = bringing_in.bring(policy, lead, "x.md", b"  ")
    work.do_due()

    page = page_of(row, client).content.decode()

    assert "There is no text in this file" in page and "Go back" in page


def test_limit_that_was_reached_is_told_and_not_tried_again(waiting, monkeypatch):
    def stopped(act, **limits):
        raise work.bounded.TooMuch

    monkeypatch.setattr(work.bounded, "run", stopped)

    work.do_due()

    waiting.refresh_from_db()
    assert waiting.has_failed and "in two parts" in waiting.why and waiting.file is None


def test_fault_is_tried_three_times(early, waiting, monkeypatch):
    def broken(act, **limits):
        raise work.bounded.Broke("Traceback")

    monkeypatch.setattr(work.bounded, "run", broken)
    for _ in range(work.MOST_ATTEMPTS):
        waiting.refresh_from_db()
        assert waiting.is_waiting
        work.do("import", waiting.pk)
        early.shift(work.LEASE * 2)

    waiting.refresh_from_db()
    assert waiting.has_failed and "save it anew" in waiting.why


def test_word_file_of_too_many_paragraphs_is_refused_before_it_is_read(monkeypatch, policy, lead):
    monkeypatch.setattr(word, "MOST_PARAGRAPHS", 2)
    section_in(policy, "<p>a</p><p>b</p><p>c</p>", "Why", lead)
    content = work.content_of(ordered(policy, lead).file)

    row = bringing_in.bring(policy, lead, "x.docx", content)

    row.refresh_from_db()
    assert "more than 2 paragraphs" in row.why


def ordered(policy, lead):
    row = bringing_in.order_working_copy(policy, lead)
    row.refresh_from_db()
    return row


def test_working_copy_comes_as_a_download_once_it_is_made(policy, lead, client):
    answer = client.post("/policies/safe/write/word/", follow=True)

    assert answer["Content-Disposition"].startswith("attachment")
    assert answer.content[:2] == b"PK"


def test_doubled_click_orders_one_working_copy(nobody_works, policy, lead):
    rows = {bringing_in.order_working_copy(policy, lead).pk for _ in range(2)}

    assert rows == {WorkingCopyFile.objects.get().pk}


def test_working_copy_is_its_writers_alone(policy, lead, client):
    row = ordered(policy, lead)
    address = f"/policies/safe/write/word/{row.pk}/"
    client.logout()
    before = client.get(address).status_code
    client.force_login(role_in(policy))

    assert (before, client.get(address).status_code) == (302, 404)

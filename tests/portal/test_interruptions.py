"""Nothing that was typed or pressed is lost to a sign-in, or a second step, that had ended."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

from collective.models import Announcement, BrowserSession, InterruptedForm
from collective.people import interrupted
from collective.typed import worded
from tests.events.conversations.test_access import ROWS as OF_CONVERSATIONS
from tests.factories import (
    CoordinatorFactory,
    PaymentFactory,
    PersonFactory,
    SeriesFactory,
    SessionFactory,
    book,
    sign_up,
    slot_of,
)
from tests.matrix import next_of
from tests.policy_drafts.test_access import ROWS as OF_POLICIES
from tests.portal.test_access_matrix import ROWS
from tests.signed_in import browser_of, with_second_factor

pytestmark = pytest.mark.usefixtures("early", "community")
NOTE = "We spoke of the quokka.\n\nTwo lines."
MACHINES = {"stripe_webhook"}  # no person presses there


def text(answer):
    return " ".join(answer.content.decode().split())


def end_sessions():
    """Every sign-in ends, as after two weeks, or with "Sign out everywhere"."""
    BrowserSession.objects.all().delete()
    Session.objects.all().delete()


def sign_in_again(browser, person, *, second_factor=False):
    browser.force_login(person)
    if second_factor:
        with_second_factor(browser, person)


def lose_second_step(browser):
    session = browser.session
    del session["account_authentication_methods"]
    session.save()


@pytest.fixture
def host(db):
    """A host whose second step has run out while a page stood open: (browser, conversation)."""
    talk = book(slot_of(SeriesFactory()))
    browser = browser_of(talk.series.host)
    browser.get(reverse("host", args=[talk.series.slug]))
    lose_second_step(browser)
    return browser, talk


def test_press_of_somebody_who_was_signed_out_leads_back_to_the_page_of_its_button(db):
    person = PersonFactory()
    payment, browser = PaymentFactory(person=person), browser_of(person)
    browser.get(reverse("me"))
    end_sessions()

    answer = browser.post(reverse("payment_arrived", args=[payment.pk]))
    sign_in_again(browser, person)
    page = browser.get(next_of(answer), follow=True)

    assert page.redirect_chain == [(reverse("payment", args=[payment.pk]), 302)]
    assert "You were signed out: press it once more." in text(page)


@pytest.mark.parametrize("act", ["accept_offer", "decline_offer", "sign_up_again"])
def test_visitor_who_presses_on_an_offer_signs_in_first(db, act):
    registration = sign_up(SessionFactory())

    answer = Client().post(reverse(act, args=[registration.pk]))

    assert (answer.status_code, answer.url.split("?")[0]) == (302, reverse("account_login"))


def test_text_of_somebody_who_was_signed_out_is_shown_and_sent_with_one_press(db):
    person = PersonFactory(name="Ada")
    browser = browser_of(person)
    browser.get(reverse("me"))
    end_sessions()

    answer = browser.post(reverse("name"), {"name": "Ada Lee", "next": "/me/"})
    sign_in_again(browser, person)
    page = browser.get(next_of(answer))
    kept = InterruptedForm.objects.get()
    browser.post(reverse("name"), {"name": "Ada Lee", "interrupted": kept.pk})
    person.refresh_from_db()

    assert "You were signed out: press it once more. Here is what you typed." in text(page)
    assert '<dd class="typed">Ada Lee</dd>' in text(page)
    assert (person.name, InterruptedForm.objects.exists()) == ("Ada Lee", False)


def test_private_note_outlives_the_second_step(host):
    browser, talk = host
    act = reverse("host_note", args=[talk.series.slug, talk.pk])

    answer = browser.post(act, {"note": NOTE})
    shut = browser.get(next_of(answer))
    with_second_factor(browser, talk.series.host)
    page = browser.get(next_of(answer))

    assert (answer.status_code, shut.status_code) == (302, 302)
    assert f'<form method="post" action="{act}"' in text(page)
    assert NOTE in page.content.decode()


def test_what_was_kept_is_readable_in_no_table(host):
    browser, talk = host
    browser.post(reverse("host_note", args=[talk.series.slug, talk.pk]), {"note": NOTE})

    with connection.cursor() as cursor:
        cursor.execute("SELECT sent FROM collective_interruptedform")
        (stored,) = cursor.fetchone()

    assert "quokka" not in stored


def test_message_to_many_outlives_the_second_step(db):
    coordinator = CoordinatorFactory()
    browser = browser_of(coordinator)
    add = reverse("admin:collective_announcement_add")
    typed = {"subject": "News", "body": "<p>The zebra.</p>", "audience": "followers"}
    browser.get(add)
    lose_second_step(browser)

    answer = browser.post(add, typed)
    with_second_factor(browser, coordinator)
    page = browser.get(next_of(answer)).content.decode()

    assert not Announcement.objects.exists()
    assert 'name="body" value="&lt;p&gt;The zebra.&lt;/p&gt;"' in page
    assert 'class="typed">The zebra.</dd>' in page and "<dt>To whom</dt>" in page


def test_nobody_else_reads_what_was_kept(host):
    browser, talk = host
    browser.post(reverse("host_note", args=[talk.series.slug, talk.pk]), {"note": NOTE})
    page = reverse("once_more", args=[InterruptedForm.objects.get().pk])

    others = [browser_of(), browser_of(PersonFactory()), browser_of(CoordinatorFactory())]
    answers = [other.get(page, follow=True) for other in others]

    assert all("quokka" not in text(answer) for answer in answers)


def test_browser_in_which_somebody_signed_out_keeps_nothing_for_them(db):
    person = PersonFactory()
    browser = browser_of(person)
    browser.get(reverse("me"))
    browser.post(reverse("account_logout"))

    answer = browser.post(reverse("name"), {"name": "Zebra", "next": "/me/"})

    assert (answer.status_code, InterruptedForm.objects.exists()) == (403, False)
    assert '<dd class="typed">Zebra</dd>' in text(answer)


def test_form_from_before_a_new_sign_in_is_shown_back_and_not_done(db):
    person = PersonFactory(name="Ada")
    browser = Client(enforce_csrf_checks=True, headers={"Sec-Fetch-Site": "same-origin"})
    browser.force_login(person)

    answer = browser.post(reverse("name"), {"name": "Bo", "csrfmiddlewaretoken": "old"})
    page = browser.get(answer.url)
    person.refresh_from_db()

    assert "You have signed in again since you opened that page: press it once more" in text(page)
    assert person.name == "Ada"


@pytest.mark.parametrize(
    "headers",
    [
        *({"Sec-Fetch-Site": site} for site in ("cross-site", "same-site", "none")),
        {"Sec-Fetch-Site": "same-origin", "Accept": "application/json"},
    ],
    ids=["cross-site", "same-site", "none", "script of ours"],
)
def test_form_of_another_site_and_what_a_script_sends_are_refused_as_before(db, headers):
    browser = Client(enforce_csrf_checks=True, headers=headers)
    browser.force_login(PersonFactory())

    answer = browser.post(reverse("name"), {"name": "Bo", "csrfmiddlewaretoken": "x"})

    assert (answer.status_code, InterruptedForm.objects.exists()) == (403, False)


def test_file_is_asked_for_once_more(db):
    person = PersonFactory()
    payment, browser = PaymentFactory(person=person), browser_of(person)
    browser.get(reverse("me"))
    end_sessions()
    file = SimpleUploadedFile("bus.jpg", b"x")

    answer = browser.post(reverse("add_expense", args=[payment.pk]), {"receipt": file})
    sign_in_again(browser, person)
    page = text(browser.get(next_of(answer)))

    assert "Choose this file once more: bus.jpg" in page
    assert '<input type="file" id="file-1" name="receipt">' in page


def test_what_was_kept_goes_after_a_day(host, early):
    browser, talk = host
    browser.post(reverse("host_note", args=[talk.series.slug, talk.pk]), {"note": NOTE})
    early.shift(interrupted.KEEP)
    before = interrupted.forget_old()
    early.shift(timedelta(seconds=1))

    assert (before, interrupted.forget_old()) == ((0, 0), (1, 1))


def test_only_the_newest_twenty_of_one_person_are_kept(host, early):
    browser, talk = host
    act = reverse("host_note", args=[talk.series.slug, talk.pk])
    for number in range(interrupted.MOST + 2):
        browser.post(act, {"note": f"Number {number}"})
        early.shift(timedelta(seconds=1))

    notes = {dict(row.sent["pairs"])["note"][0] for row in InterruptedForm.objects.all()}

    assert (len(notes), "Number 0" in notes, "Number 21" in notes) == (20, False, True)


def patterns(resolver):
    for row in resolver.url_patterns:
        if isinstance(row, URLResolver):
            yield from patterns(row)
        else:
            yield row


def takes_only_post(pattern):
    return getattr(pattern.callback, "button", None) is not None


def test_every_address_that_takes_only_post_knows_the_page_of_its_button():
    """The tables of all addresses say which: those that answer GET by 405 to somebody."""
    tables = {**ROWS, **OF_CONVERSATIONS, **OF_POLICIES}
    only_post = {name for name, answers in tables.items() if 405 in answers} | {"take"}
    known = {row.name for row in patterns(get_resolver()) if takes_only_post(row)}

    assert known == only_post - MACHINES


def test_every_address_to_which_a_form_is_sent_knows_the_words_of_its_page():
    asked = [row for row in patterns(get_resolver()) if takes_only_post(row)]
    forms = {
        row.name: worded.form_of(SimpleNamespace(func=row.callback))
        for row in asked
        if row.callback.button.has_form
    }

    assert [name for name, form in forms.items() if form is None] == []


def test_405_says_where_to_go(db):
    person = PersonFactory()
    registration = sign_up(SessionFactory(), person)

    answer = browser_of(person).get(reverse("accept_offer", args=[registration.pk]))

    offer = reverse("offer", args=[registration.pk])
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert f'<a class="btn" href="{offer}">Go to the page with the button</a>' in text(answer)


def test_post_to_a_page_that_only_shows_leads_to_it(db):
    answer = browser_of(PersonFactory()).post(reverse("me"))

    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
    assert '<a class="btn" href="/me/">Open the page</a>' in text(answer)


def test_offer_is_accepted_after_the_sign_in_that_was_lost(db):
    person = PersonFactory()
    registration = sign_up(SessionFactory(), person)
    browser = browser_of()

    answer = browser.post(reverse("accept_offer", args=[registration.pk]))
    sign_in_again(browser, person)

    page = browser.get(next_of(answer), follow=True)
    assert page.redirect_chain[-1][0] == reverse("offer", args=[registration.pk])


@pytest.mark.parametrize(
    ("page", "sent", "words"),
    [
        ("change_access_needs", {"access": ["captions", "breaks"]}, "Live captions"),
        ("change_access_needs", {"access_notes": "slowly"}, "Anything else that would help"),
        ("correct_capacity", {"capacity": "paid_role"}, "As part of a paid role"),
    ],
)
def test_what_was_sent_is_shown_back_in_the_words_of_its_page(client, page, sent, words):
    mine = sign_up(SessionFactory())
    client.force_login(mine.person)
    client.get("/me/")
    end_sessions()

    client.post(reverse(page, args=[mine.pk]), sent)
    sign_in_again(client, mine.person)
    shown = text(client.get(reverse("once_more", args=[InterruptedForm.objects.get().pk])))

    raw = [">captions<", ">paid_role<", "Access notes"]
    assert words in shown and not [part for part in raw if part in shown]


def test_choice_of_payment_is_shown_back_in_words_too(client):
    payment = PaymentFactory()
    client.force_login(payment.person)
    client.get("/me/")
    end_sessions()

    client.post(reverse("payment_choose", args=[payment.pk]), {"choice": "decline"})
    sign_in_again(client, payment.person)
    shown = text(client.get(reverse("once_more", args=[InterruptedForm.objects.get().pk])))

    assert '<dt>What would you like?</dt> <dd class="typed">No payment, thank you</dd>' in shown


def test_form_to_sign_up_says_at_the_door_that_it_is_kept(client):
    mine = PersonFactory(name="Sam")
    client.force_login(mine)
    page = client.get(reverse("sign_up", args=[SessionFactory(slug="one").slug]))
    end_sessions()

    door = client.post(
        reverse("sign_up", args=["one"]), {"owner": page.context["owner"]}, follow=True
    )

    assert "You were signed out. What you typed is kept for you" in text(door)

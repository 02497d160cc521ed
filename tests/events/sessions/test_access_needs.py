"""What helps people take part is acted on, told, kept private and deleted."""

from datetime import date, timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from collective import clock
from collective.errors import RuleError
from collective.messages import by_hand, mail
from collective.models import Message
from collective.safety.link_keys import key_for
from events.models import AccessNeed, Registration
from events.sessions import access_needs, answers, attendance, moving, places, retention
from events.sessions.access_needs import Progress
from events.sessions.messages import reminders
from tests.factories import KICK_OFF, PhonePersonFactory, SessionFactory, sign_up
from tests.messages import kinds

State = AccessNeed.State
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]
CAPTIONS = {"choices": ["captions"], "notes": ""}


def asked(session=None, person=None, **answers):
    """(registration, its first need)."""
    registration = sign_up(
        session or SessionFactory(), person, **{"access_needs": CAPTIONS, **answers}
    )
    return registration, registration.needs.first()


def rows(registration):
    return [(need.code, need.state) for need in registration.needs.order_by("asked_at", "pk")]


def test_each_thing_that_helps_is_a_row():
    registration, _ = asked(access_needs={"choices": ["captions", "breaks"], "notes": "slowly"})

    assert {need.words for need in registration.needs.all()} == {
        "Live captions",
        "More breaks",
        "slowly",
    }


def test_supporter_to_be_found_is_a_row_too():
    registration, _ = asked(
        access_needs=None, companion={"kind": "would_like", "name": "", "email": ""}
    )

    assert rows(registration) == [("supporter", State.ASKED)]


def test_interpreter_is_arranged_by_the_sessions_own_day():
    _, need = asked(
        SessionFactory(interpreter_by=date(2022, 9, 20)), access_needs={"choices": ["interpreter"]}
    )

    assert need.needed_by == date(2022, 9, 20)


def test_what_is_arranged_is_told_in_one_message_without_saying_what(outbox, early):
    registration, _ = asked(access_needs={"choices": ["captions", "breaks"], "notes": ""})
    for row in registration.needs.all():
        access_needs.update(row, Progress(state=State.ARRANGED, reason="By Kim"))
    early.shift(timedelta(minutes=11))
    mail.send_due()

    news = [row for row in outbox if row.subject == "News about what you asked us for"]
    assert len(news) == 1
    assert "captions" not in news[0].body and "Kim" not in news[0].body


def test_person_reads_on_their_page_what_is_arranged(client):
    registration, need = asked()
    access_needs.update(need, Progress(state=State.ARRANGED, reason="Kim writes them."))
    client.force_login(registration.person)

    page = client.get(registration.get_absolute_url()).content.decode()

    assert "It is arranged" in page and "Kim writes them." in page


def test_link_from_a_mail_shows_no_needs(client):
    registration, _ = asked()

    page = client.get(
        registration.get_absolute_url(), {"key": key_for("registration", registration.pk)}
    )

    assert "Live captions" not in page.content.decode()


def test_by_phone_the_wording_says_what_is_arranged(early):
    _, need = asked(person=PhonePersonFactory())
    access_needs.update(need, Progress(state=State.CANNOT, reason="No captioner is free."))
    early.shift(timedelta(minutes=11))

    _, html = by_hand.wording(Message.objects.get(kind="needs_news"))

    assert "Live captions: We are sorry, we cannot arrange it. No captioner is free." in html


def test_cannot_needs_its_reason():
    _, need = asked()

    with pytest.raises(RuleError, match="Say why"):
        access_needs.update(need, Progress(state=State.CANNOT))


def test_a_later_change_starts_anew_and_says_so():
    registration, need = asked(access_needs={"choices": [], "notes": "slowly"})
    access_needs.update(need, Progress(state=State.ARRANGED))

    answers.change(registration, access_needs={"choices": ["breaks"], "notes": "very slowly"})

    need.refresh_from_db()
    assert (need.state, need.words, need.changed_at) == (State.ASKED, "very slowly", clock.now())
    assert ("breaks", State.ASKED) in rows(registration)


def test_what_nobody_began_with_goes_when_it_is_no_longer_wanted():
    registration, _ = asked()

    answers.change(registration, access_needs=None)

    assert rows(registration) == []


def test_what_is_arranged_is_to_be_called_off_when_the_person_does_not_come():
    registration, need = asked()
    access_needs.update(need, Progress(state=State.ARRANGED))

    places.give_up(registration)

    assert rows(registration) == [("captions", State.WITHDRAWN)]
    assert list(AccessNeed.objects.to_do()) == [need]


def test_what_is_called_off_is_gone():
    registration, need = asked()
    access_needs.update(need, Progress(state=State.ARRANGING))
    places.give_up(registration)

    access_needs.called_off(need)

    assert rows(registration) == []


def test_cancelled_session_has_arranged_things_called_off():
    registration, need = asked()
    access_needs.update(need, Progress(state=State.ARRANGED))

    moving.cancel(registration.session, "Too few of us.")

    assert rows(registration) == [("captions", State.WITHDRAWN)]


def test_summary_counts_without_names():
    session = SessionFactory()
    _, need = asked(session)
    asked(session, access_needs={"choices": ["captions"], "notes": "slowly"})
    access_needs.update(need, Progress(state=State.ARRANGED))

    assert access_needs.summary(session) == [("Live captions", 2, 1), ("In their own words", 1, 1)]


@pytest.mark.parametrize(
    ("state", "before", "afterwards"),
    [
        (State.ASKED, "We have your request", "We still owe you a word about it"),
        (State.ARRANGING, "We are arranging it", "We still owe you a word about it"),
        (State.ARRANGED, "It is arranged", "It was arranged"),
        (State.CANNOT, "we cannot arrange it", "we could not arrange it"),
    ],
)
def test_person_reads_how_it_stands_before_and_after(client, early, state, before, afterwards):
    registration, _ = asked()
    registration.needs.update(state=state)

    pages = []
    for moment in (KICK_OFF, KICK_OFF + timedelta(days=1)):
        early.move_to(moment)
        client.force_login(registration.person)
        pages.append(client.get(registration.get_absolute_url()).content.decode())

    assert (before in pages[0], afterwards in pages[1]) == (True, True)
    assert "asked for it" not in "".join(pages)


def test_reminder_says_how_each_thing_stands_and_never_what_it_is(outbox, early):
    _, need = asked(access_needs={"choices": ["captions", "breaks"], "notes": "slowly"})
    access_needs.update(need, Progress(state=State.ARRANGED))
    early.move_to(KICK_OFF - timedelta(days=1))
    reminders.fan_out_all_due()
    outbox.clear()

    mail.send_due()

    body = next(row.body for row in outbox if row.subject == "A reminder of your session")
    assert "It is arranged: 1 thing" in body and "We have your request: 2 things" in body
    assert not [word for word in ("aptions", "reaks", "slowly") if word in body]


def test_what_nobody_settled_stays_after_the_session_until_the_person_has_a_word(early, outbox):
    registration, need = asked()
    early.move_to(KICK_OFF + timedelta(days=1))
    attendance.mark(registration, Registration.State.ATTENDED)
    open_then = list(AccessNeed.objects.to_do())

    access_needs.update(need, Progress(state=State.CANNOT, reason="We forgot. We are sorry."))
    early.shift(timedelta(minutes=11))
    mail.send_due()

    assert (open_then, list(AccessNeed.objects.to_do())) == ([need], [])
    assert "News about what you asked us for" in [row.subject for row in outbox]


def test_rows_are_deleted_thirty_days_after_the_session(early):
    registration, _ = asked()
    early.move_to(KICK_OFF + timedelta(days=29))
    retention.forget_private_answers()
    kept = registration.needs.count()
    early.move_to(KICK_OFF + timedelta(days=31))

    retention.forget_private_answers()

    assert (kept, registration.needs.count()) == (1, 0)


def test_looking_at_the_needs_of_a_session_is_on_record(client, coordinator):
    registration, _ = asked()

    page = client.get(
        reverse("admin:events_session_needs", args=[registration.session_id])
    ).content.decode()

    assert "Live captions" in page and registration.person.name in page
    assert LogEntry.objects.get().change_message == "Looked at what helps people take part"


def test_staff_arrange_it_on_a_page(client, coordinator):
    _, need = asked()
    address = reverse("admin:events_accessneed_arrange", args=[need.pk])

    seen = {"version": need.version}
    client.post(address, {**seen, "state": "cannot", "reason": ""})
    refused = AccessNeed.objects.get().state
    arranged = {"state": "arranged", "reason": "Kim", "note": "Ring her", "needed_by": "2022-10-01"}
    client.post(address, {**seen, **arranged})

    need.refresh_from_db()
    assert (refused, need.state, need.reason, need.note) == (
        State.ASKED,
        State.ARRANGED,
        "Kim",
        "Ring her",
    )
    assert kinds()["needs_news"] == 1


def test_person_sees_who_worked_on_their_needs(client, coordinator):
    registration, need = asked()
    client.get(reverse("admin:events_accessneed_arrange", args=[need.pk]))
    client.force_login(registration.person)

    page = client.get(registration.get_absolute_url()).content.decode()

    assert "looked at what helps you, by Jo from our team" in page


def test_staff_correct_who_comes_along(client, coordinator):
    registration, _ = asked()
    answers = {
        "capacity": "paid_role",
        "coming_along": "brings",
        "companion_name": "Lee",
        "companion_email": "",
    }

    client.post(reverse("admin:events_registration_answers", args=[registration.pk]), answers)

    registration.refresh_from_db()
    assert (registration.capacity, registration.companion["name"]) == ("paid_role", "Lee")
    assert rows(registration) == []

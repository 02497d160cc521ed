"""What pages and mails of sessions say is so for this person: one row for each untruth once met."""

from datetime import timedelta

import pytest

from collective.messages import mail
from collective.models import Person
from events.models import Registration, Session
from events.sessions import leaving, moving, places, waiting_list
from tests.factories import (
    CallFactory,
    CoordinatorFactory,
    PersonFactory,
    SessionFactory,
    fill,
    sign_up,
)
from tests.messages import path_of

State, EndedBecause = Registration.State, Registration.EndedBecause
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community", "long_sessions")]


def words_of(client, row, path=""):
    client.force_login(row.person)
    return " ".join(client.get(f"/registrations/{row.pk}/{path}").content.decode().split())


def waits(**more):
    """Somebody on the list of a full session, and the person whose place it is."""
    (holder,) = fill(session := SessionFactory(places=1, **more))
    return sign_up(session), holder


def offered(**more):
    row, holder = waits(**more)
    places.give_up(holder)
    return row


def closed(row):
    row.session.state = Session.State.CLOSED
    row.session.save()
    return row


def told_by_phone():
    row, holder = waits()
    Person.objects.filter(pk=row.person_id).update(reach_by="phone", phone_hash="")
    places.give_up(holder)
    return row


def taken_off_the_list():
    row, _ = waits()
    return places.give_up(row, EndedBecause.STAFF)


def left_the_list():
    return places.give_up(waits()[0])


def joined_away():
    row = sign_up(SessionFactory())
    places.give_up(row)
    Registration.objects.filter(pk=row.pk).update(ended_because=EndedBecause.JOINED)
    return row


PAGES = [
    (lambda: waits(offers_by_hand=True)[0], "", "Our team decides whom", "next person on the list"),
    (lambda: waits()[0], "", "next person on the list", "Our team decides whom"),
    (lambda: waits()[0], "", "if there is a place for you", "there was no free place"),
    (offered, "offer/", "You can sign up again then", "Somebody from our team tells you"),
    (lambda: closed(offered()), "offer/", "We keep this place for you until", "sign up again"),
    (lambda: closed(offered()), "offer/decline/", "do not have to say why", "sign up again"),
    (offered, "give-up/", "Say no to the place that we keep", "Give back your place?"),
    (told_by_phone, "offer/", "Somebody from our team tells you", "place for you until <strong>"),
    (left_the_list, "", "You are not signed up any more", "somebody else can have"),
    (taken_off_the_list, "", "Our team has noted this", "Thank you for telling us"),
    (joined_away, "", "joined two records of yours", "Thank you for telling us"),
]


@pytest.mark.parametrize(("happened", "path", "said", "unsaid"), PAGES)
def test_page_says_what_is_so(client, happened, path, said, unsaid):
    page = words_of(client, happened(), path)

    assert said in page and unsaid not in page


def test_somebody_who_was_never_told_of_an_offer_did_not_stay_silent(client, early):
    row = told_by_phone()
    early.shift(timedelta(days=30))
    waiting_list.move_all_on()

    page = words_of(client, row)

    assert "could not reach you in time" in page and "did not hear from you" not in page


def test_link_that_says_no_tells_that_it_can_be_taken_back(client):
    row = offered()
    message = row.person.messages.get(kind="offered")
    letter = mail.letter_of(message)
    address = path_of(letter.context["offer"]).replace("/offer/", "/offer/decline/")

    page = client.get(address).content.decode()

    assert "You can take this back for a while" in page
    assert leaving.give_up_by_link(row).can_take_back


def test_page_of_a_cancelled_session_that_is_paid_all_the_same_says_so(client, outbox):
    call = CallFactory(pays_if_it_falls_through=True)
    row = sign_up(SessionFactory(call=call))
    moving.cancel(row.session, "Too few of us.", CoordinatorFactory())
    mail.send_due()

    page = words_of(client, row)

    letter = next(one for one in outbox if one.subject == "There is one thing to choose")
    told = " ".join(letter.body.split())
    assert "We offer you £75" in page and "You do not need to do anything" not in page
    assert "could not take place" in told and "Thank you for taking part" not in told


def test_page_of_somebody_who_shares_an_address_names_that_one(client):
    row = sign_up(SessionFactory(), PersonFactory(email=None, contact_email="both@example.org"))
    address = mail.letter_of(row.person.messages.get(kind="booked")).context["page"]

    page = client.get(path_of(address)).content.decode()

    assert "both@example.org" in page and "None" not in page


def test_session_that_waits_for_its_details_promises_no_day(client, early):
    row = sign_up(SessionFactory(joining_link=""))
    early.move_to(row.session.starts_at - timedelta(hours=1))

    page = words_of(client, row)

    assert "As soon as our team has written it" in page and "before the day" not in page

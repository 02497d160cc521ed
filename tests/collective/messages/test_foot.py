"""The foot of a mail: why somebody gets it, how to stop it, and how to reach a person."""

import pytest

from collective.messages import letters, mail
from collective.models import Message
from collective.people import asked_to_forget
from events.sessions import places
from tests.factories import PersonFactory, PhonePersonFactory, SessionFactory, sign_up

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]


def foot(message):
    return " ".join(mail.render(message, mail.letter_of(message)).split())


def test_each_kind_of_message_says_why_somebody_gets_it():
    silent = [name for name in mail.labels() if not letters.known(name).because]

    assert silent == []


def test_mail_of_a_booking_says_why_it_comes_and_where_mail_is_chosen():
    row = sign_up(SessionFactory())

    told = foot(Message.objects.get(kind="booked", person=row.person))

    assert "You get this email because you signed up for this session." in told
    assert "/me/mail/" in told and "Stop these emails" not in told


def test_link_that_stops_something_else_is_not_called_a_stop_of_emails():
    person = PersonFactory()
    asked_to_forget.ask(person)

    told = foot(Message.objects.get(kind="forgetting_asked", person=person))

    assert "stop it</a>" in told and "Stop these emails" not in told


def test_words_for_the_phone_have_no_foot_of_a_mail():
    row = sign_up(SessionFactory(), PhonePersonFactory())
    message = Message.objects.get(kind="booked", person=row.person)

    spoken = mail.render(message, mail.letter_of(message), message.channel)

    assert "You get this email" not in spoken


@pytest.mark.parametrize(
    ("channel", "said"), [("phone", "You can say yes or no now"), ("post", "write to us to say")]
)
def test_letter_by_post_asks_nobody_for_an_answer_now(channel, said):
    session = SessionFactory(places=1)
    holder, row = sign_up(session), sign_up(session, PhonePersonFactory())
    places.give_up(holder)
    message = Message.objects.get(kind="offered", person=row.person)

    assert said in " ".join(mail.render(message, mail.letter_of(message), channel).split())

"""Requests to be forgotten that staff take down or stop: the person learns of each, and by whom."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from collective import clock
from collective.errors import RuleError
from collective.messages import mail
from collective.models import DeletionRequest, Message, Person, SignIn
from collective.models.forgetting import CHANGE_OF_MIND
from collective.people import asked_to_forget, forgetting_emails
from collective.people.asked_to_forget import TO_ANSWER, Told
from portal.my_data import my_data
from tests.factories import CoordinatorFactory, PersonFactory, PhonePersonFactory
from tests.signed_in import browser_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community", "media")]
RANG = Told("rang", "", "We rang them back.")
DIED = Told("died", "Mo, his brother", "He showed us the letter.")
BOTH = ["ann@example.org", "carer@example.org"]


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def person():
    return PersonFactory(name="Ann", email=BOTH[0], contact_email=BOTH[1])


def take_down(person, told):
    return asked_to_forget.take_down(person, CoordinatorFactory(name="Jo"), told)


def confirmed(person, told):
    return asked_to_forget.confirm(take_down(person, told), CoordinatorFactory(name="Kim"))


def letters(outbox):
    """What has been sent since one looked last, by address."""
    outbox.clear()
    mail.send_due()
    return {letter.to[0]: " ".join(letter.body.split()) for letter in outbox}


def stop_page(request):
    return reverse("admin:collective_deletionrequest_stop", args=[request.pk])


# Somebody who has died


def test_nobody_is_shut_out_before_a_second_colleague_confirms_a_death(person):
    request = take_down(person, DIED)
    before = Person.objects.get(pk=person.pk).is_active

    asked_to_forget.confirm(request, CoordinatorFactory())

    assert (before, Person.objects.get(pk=person.pk).is_active) == (True, False)


def test_every_address_hears_of_a_death_when_it_is_noted_and_when_it_is_confirmed(person, outbox):
    request = take_down(person, DIED)
    noted = letters(outbox)
    asked_to_forget.confirm(request, CoordinatorFactory())
    confirmed_ = letters(outbox)

    assert [sorted(noted), sorted(confirmed_)] == [BOTH, BOTH]
    for body in (*noted.values(), *confirmed_.values()):
        assert "We were told that Ann has died" in body
        assert forgetting_emails.stop_address(request) in body


def test_whoever_told_us_of_a_death_is_not_named_in_the_mail(person, outbox):
    take_down(person, DIED)

    assert not any("Mo" in body for body in letters(outbox).values())


def test_nobody_is_rung_about_their_own_death(outbox):
    confirmed(PhonePersonFactory(), DIED)

    assert (Message.objects.count(), letters(outbox)) == (0, {})


def test_death_that_is_confirmed_late_leaves_three_days_to_say_that_it_is_wrong(person, early):
    request = take_down(person, DIED)
    early.shift(CHANGE_OF_MIND)

    request = asked_to_forget.confirm(request, CoordinatorFactory())

    assert (request.due_at, asked_to_forget.carry_out_all()) == (clock.now() + TO_ANSWER, (0, 0))


def test_link_in_the_mail_about_a_death_lets_them_in_again(client, person, outbox):
    request = confirmed(person, DIED)

    client.post(forgetting_emails.stop_address(request))

    assert Person.objects.get(pk=person.pk).is_active
    told = letters(outbox)
    assert sorted(told) == BOTH and "Nothing was removed" in told[BOTH[0]]


def test_person_who_signs_in_and_was_noted_as_dead_reads_so_and_can_stop_it(client, person):
    confirmed(person, DIED)
    client.post(reverse("account_login"), {"email": person.email})
    code = SignIn.objects.get().code

    page = client.post(reverse("code"), {"code": code}, follow=True)
    client.post(page.request["PATH_INFO"] + "?" + page.request["QUERY_STRING"])

    assert "Somebody told us that you have died" in page.content.decode()
    assert DeletionRequest.objects.get().stopped_at == clock.now()


def test_person_who_was_shut_out_before_still_reads_that_the_account_is_closed(client, person):
    Person.objects.filter(pk=person.pk).update(is_active=False)
    confirmed(person, DIED)
    client.post(reverse("account_login"), {"email": person.email})

    page = client.post(reverse("code"), {"code": SignIn.objects.get().code}, follow=True)

    assert "This account is closed" in page.content.decode()


# Somebody who rang


def test_what_staff_took_down_is_told_at_every_address_with_who_noted_it(person, outbox):
    take_down(person, RANG)

    told = letters(outbox)
    assert sorted(told) == BOTH
    assert "Jo from our team has noted that you asked" in told[BOTH[0]]
    assert "Jo from our team has noted that Ann asked" in told[BOTH[1]]


def test_person_told_by_phone_is_mailed_too_where_they_share_an_address(outbox):
    take_down(PhonePersonFactory(contact_email=BOTH[1], reach_by="phone"), RANG)

    assert [*letters(outbox)] == [BOTH[1]]
    assert Message.objects.by_hand().count() == 1


def test_page_does_not_say_that_the_person_asked_where_staff_noted_it(client, person):
    take_down(person, RANG)
    client.force_login(person)

    pages = [client.get(reverse(name)).content.decode() for name in ("data", "ask_to_delete")]

    assert "Our team noted on" in pages[0] and "You asked us" not in pages[0]
    assert "Our team has noted that you want this" in pages[1]


# Stopped by staff


def test_staff_stop_a_request_only_with_a_reason(person):
    request = asked_to_forget.ask(person)

    browser_of(CoordinatorFactory()).post(stop_page(request), {"why": ""})
    with pytest.raises(RuleError, match="how you know"):
        asked_to_forget.stop_for(request, CoordinatorFactory(), " ")

    request.refresh_from_db()
    assert request.is_open


def test_page_says_what_to_write_where_the_reason_is_missing(person):
    request = asked_to_forget.ask(person)

    page = browser_of(CoordinatorFactory()).post(stop_page(request), {"why": ""})

    assert "Say in a few words how you know it" in page.content.decode()


def test_page_of_a_death_does_not_say_that_the_person_asked(person):
    request = take_down(person, DIED)

    assert str(request).startswith(f"Request to forget {person}")


def test_mail_about_a_request_that_staff_stopped_says_that_they_did(person, outbox):
    request = asked_to_forget.ask(person)
    letters(outbox)

    browser_of(CoordinatorFactory(name="Jo")).post(stop_page(request), {"why": "She rang."})

    told = letters(outbox)
    assert sorted(told) == BOTH
    assert "Somebody from our team, Jo, noted that you want to stay" in told[BOTH[0]]
    assert not any("She rang" in body for body in told.values())


def test_mail_about_a_request_that_the_person_stopped_says_that_they_did(person, outbox):
    asked_to_forget.stop(asked_to_forget.ask(person))

    assert "You had asked us to remove what we hold, and then to stop" in letters(outbox)[BOTH[0]]


def test_person_whose_request_staff_stopped_asks_again_at_once(person):
    asked_to_forget.stop_for(asked_to_forget.ask(person), CoordinatorFactory(), "She rang.")

    assert asked_to_forget.ask(person).is_open


def test_data_page_says_who_noted_confirmed_and_stopped_a_request_and_why(person):
    asked_to_forget.stop_for(confirmed(person, RANG), CoordinatorFactory(name="Lou"), "She rang.")

    (row,) = my_data(person)["asked to be forgotten"]
    names = [row[name] for name in ("noted by", "confirmed by", "stopped by", "why it was stopped")]
    assert names == ["Jo", "Kim", "Lou", "She rang."]


# What stays on record


def test_history_still_says_who_took_it_down_and_confirmed_it_once_it_is_done(person, early):
    first, second = CoordinatorFactory(), CoordinatorFactory()
    page = reverse("admin:collective_person_forget", args=[person.pk])
    browser_of(first).post(page, {"how": "rang", "asker": "", "checked": "We rang back."})
    request = DeletionRequest.objects.get()
    act = reverse("admin:collective_deletionrequest_act", args=[request.pk, "confirm"])
    browser_of(second).post(act)
    early.shift(CHANGE_OF_MIND)
    asked_to_forget.carry_out_all()

    log = LogEntry.objects.filter(object_id=str(request.pk)).order_by("pk")
    assert [(row.user, row.change_message) for row in log] == [
        (first, "Noted that they ask to be forgotten"),
        (second, "Confirmed it"),
    ]

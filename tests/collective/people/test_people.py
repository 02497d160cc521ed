"""People without email, their numbers and addresses, and who may see them."""

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from collective.models import Person
from collective.people import phones
from collective.people.by_whom import by_whom
from tests.factories import CoordinatorFactory, PersonFactory, PhonePersonFactory
from tests.signed_in import with_second_factor

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("community")]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("020 7946 0123", "+442079460123"),
        ("+44 (0)20 7946 0123", "+442079460123"),
        ("07700 900123", "+447700900123"),
        ("01632 960017", "+441632960017"),
        ("+33 1 42 68 53 00", "+33142685300"),
        ("01204 62083", "+44120462083"),
        ("0800 123456", "+44800123456"),
        ("077009001", None),
        ("07700 90012", None),
        ("116 123", None),
        ("hello", None),
        ("9" * 300, None),
        ("", None),
    ],
)
def test_number_is_read_as_people_write_it(typed, kept):
    assert phones.read(typed) == kept


def test_number_is_written_as_people_here_do():
    assert [phones.written(number) for number in ("+442079460123", "+33142685300", None)] == [
        "020 7946 0123",
        "+33 1 42 68 53 00",
        "",
    ]


def test_number_and_address_are_in_no_table_in_plain(settings):
    PhonePersonFactory(postal_address="Zzyzx Road 1")
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(t)::text FROM collective_person t")
        stored = cursor.fetchone()[0]

    assert "7946" not in stored and "Zzyzx" not in stored


def test_hash_is_worth_nothing_with_another_secret(settings):
    here = phones.keyed_hash("+442079460123")
    settings.SECRET_KEY = "another"

    assert phones.keyed_hash("+442079460123") != here


def test_rotating_keys_makes_numbers_found_again(settings):
    person = PhonePersonFactory()
    settings.SECRET_KEY = "another"

    call_command("rotate_field_keys", verbosity=0)

    assert list(Person.objects.found_by("020 7946 0123")) == [person]


def test_database_refuses_who_is_told_by_email_and_has_no_address():
    person = PhonePersonFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=person.pk).update(reach_by="email")


def add(client, **fields):
    return client.post(reverse("admin:collective_person_add"), {"reach_by": "phone", **fields})


def test_staff_add_somebody_with_a_phone_number(client, coordinator):
    add(client, name="Olive", phone="020 7946 0123", wants_reminders="on")

    person = Person.objects.get(name="Olive")
    assert (person.phone, person.reach_by, person.email) == ("+442079460123", "phone", None)


def test_staff_add_somebody_with_an_address_only(client, coordinator):
    add(client, name="Edwin", postal_address="1 High Street\nLeeds", reach_by="post")

    assert Person.objects.get(name="Edwin").postal_address.splitlines() == [
        "1 High Street",
        "Leeds",
    ]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": "Olive"}, "Give a phone number, a postal address or a shared email address."),
        ({"name": "Olive", "phone": "12"}, "Enter a phone number, like 020 7946 0000."),
        (
            {"name": "Olive", "phone": "02079460123", "reach_by": "post"},
            "we need that address or number",
        ),
        ({"phone": "02079460123"}, "Please fill this in."),
    ],
)
def test_form_says_what_is_missing_and_keeps_the_rest(client, coordinator, fields, sentence):
    page = add(client, **fields).content.decode()

    assert sentence in page
    assert fields.get("phone", "") in page


def test_changing_a_name_keeps_the_number(client, coordinator):
    person = PhonePersonFactory()
    sent = {"name": "Olive O.", "phone": "020 7946 0123", "reach_by": "phone"}

    client.post(reverse("admin:collective_person_change", args=[person.pk]), sent)

    person.refresh_from_db()
    assert (person.name, person.phone) == ("Olive O.", "+442079460123")


def test_list_is_searched_by_exact_number(client, coordinator):
    person = PhonePersonFactory(name="Olive")
    address = reverse("admin:collective_person_changelist")
    link = reverse("admin:collective_person_change", args=[person.pk])

    found = {
        text: link in client.get(address, {"q": text}).content.decode()
        for text in ("02079460123", "020794601")
    }

    assert found == {"02079460123": True, "020794601": False}


@pytest.fixture
def finance(client, db):
    person = CoordinatorFactory()
    person.groups.set([Group.objects.get(name="Finance")])
    client.force_login(person)
    with_second_factor(client, person)
    return person


def test_finance_sees_and_finds_no_number(client, finance):
    person = PhonePersonFactory(postal_address="Zzyzx Road 1")
    page = client.get(reverse("admin:collective_person_change", args=[person.pk])).content.decode()
    listed = client.get(
        reverse("admin:collective_person_changelist"), {"q": "02079460123"}
    ).content.decode()

    assert "7946" not in page and "Zzyzx" not in page
    assert reverse("admin:collective_person_change", args=[person.pk]) not in listed


@pytest.mark.parametrize(
    "query", ["phone_hash__startswith=a", "phone__isnull=0", "postal_address__contains=x"]
)
def test_nobody_finds_out_a_number_by_filtering(client, finance, query):
    PhonePersonFactory()

    assert client.get(f"/admin/collective/person/?{query}").status_code in {302, 400}


def test_person_sees_on_their_data_page_what_the_team_did(client, coordinator):
    person = PersonFactory()
    sent = {"name": "Ann", "reach_by": "email"}
    client.post(reverse("admin:collective_person_change", args=[person.pk]), sent)
    client.force_login(person)

    page = client.get(reverse("data")).content.decode()

    assert "<dd>Jo</dd>" in page


def test_name_from_right_to_left_is_set_apart_in_every_sentence():
    person = PersonFactory.build(name="مريم")

    assert str(person) == "\u2068مريم\u2069"
    assert by_whom(person, PersonFactory.build().pk, as_staff=True) == f"by {person} from our team"

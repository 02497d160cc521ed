"""Keys are changed beside the running site: what somebody saves meanwhile is never lost."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from django.core.management import call_command
from django.db import connection

from collective.models import Person
from collective.safety import encryption, rotation
from collective.safety.encryption import Place
from tests.factories import PersonFactory
from tests.faults.test_places_at_once import at_once
from tests.keys import key_in_front, keys

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
PLACE = Place("collective.Person", "postal_address")
PEOPLE = 60


@pytest.fixture(autouse=True)
def nothing_under_the_keys_of_a_test(transactional_db):
    yield
    Person.objects.update(phone=None, phone_hash="", postal_address=None)


def save_between_reading_and_writing(monkeypatch, person):
    """Change this address while the row of it is between being read and being written."""
    anew, was_read, was_saved = Place.anew, Event(), Event()

    def slow(place, stored):
        new = anew(place, stored)
        if place == PLACE and not was_read.is_set():
            was_read.set()
            assert was_saved.wait(10)
        return new

    def save():
        assert was_read.wait(10)
        Person.objects.filter(pk=person.pk).update(postal_address="2 New Road")
        was_saved.set()
        connection.close()

    monkeypatch.setattr(Place, "anew", slow)
    with ThreadPoolExecutor(1) as pool:
        saved = pool.submit(save)
        rotation.rotate(PLACE)
        saved.result()


def test_what_is_saved_between_reading_and_writing_stays(monkeypatch):
    person = PersonFactory(postal_address="1 Old Road")
    with key_in_front() as key:
        save_between_reading_and_writing(monkeypatch, person)

        with keys(key):
            assert Person.objects.get(pk=person.pk).postal_address == "2 New Road"


def test_negative_control_written_without_a_second_look_it_is_lost(monkeypatch):
    def written(place, pk, old, new):
        query = "UPDATE collective_person SET postal_address = %s WHERE id = %s"
        return rotation._write(query, [new, pk])

    monkeypatch.setattr(rotation, "_replace", written)
    person = PersonFactory(postal_address="1 Old Road")
    with key_in_front():
        save_between_reading_and_writing(monkeypatch, person)

        assert Person.objects.get(pk=person.pk).postal_address == "1 Old Road"


def test_twice_at_once_beside_people_who_save_all_is_changed_and_nothing_lost():
    people = PersonFactory.create_batch(PEOPLE, postal_address="1 Old Road", phone="+442079460123")

    def save_all():
        for person in people:
            Person.objects.filter(pk=person.pk).update(postal_address=f"{person.pk} New Road")

    with key_in_front() as key:
        at_once([lambda: call_command("rotate_field_keys", verbosity=0), save_all] * 2)
        with keys(key):
            assert rotation.left(PLACE) == 0
            found = dict(Person.objects.values_list("pk", "postal_address"))

    assert found == {person.pk: f"{person.pk} New Road" for person in people}


def test_process_that_still_has_the_old_key_keeps_it_from_being_done():
    old = encryption.newest()
    person = PersonFactory(postal_address="1 Old Road")
    with key_in_front():
        call_command("rotate_field_keys", verbosity=0)
    Person.objects.filter(pk=person.pk).update(postal_address="2 New Road")  # it knows no new key

    with key_in_front():
        assert rotation.left(PLACE) == 1
        assert encryption.newest() != old

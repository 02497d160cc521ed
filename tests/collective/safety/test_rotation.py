"""New keys: everything that is encrypted follows, nothing that is saved meanwhile is lost."""

import re
from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.management import CommandError, call_command
from django.db import connection

from collective.models import KeyProof, Person
from collective.people import phones
from collective.safety import encryption, key_proof, rotation
from collective.safety.encryption import EncryptedJSONField, Place
from dev import servers
from tests.collective.people.test_second_step import code_of_the_app
from tests.collective.people.test_sign_in import ask, enter, is_signed_in
from tests.factories import CoordinatorFactory, PersonFactory
from tests.keys import key_in_front, keys, new_key
from tests.portal import forgetting_world as world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("early", "community")]
SECRET = "JBSWY3DPEHPK3PXP"
PHONE = Place("collective.Person", "phone")


def rotate():
    out = StringIO()
    call_command("rotate_field_keys", stdout=out, stderr=out)
    return out.getvalue()


def tokens():
    """{table.column: ids of keys} of every encrypted text that stands anywhere in the database."""
    found = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type IN ('text', 'jsonb', 'character varying')"
        )
        for table, column in cursor.fetchall():
            cursor.execute(f'SELECT "{column}"::text FROM "{table}" WHERE "{column}" IS NOT NULL')
            ids = {
                encryption.key_of(text)
                for (value,) in cursor.fetchall()
                for text in encryption.TOKEN.findall(value)
            }
            if ids:
                found[f"{table}.{column}"] = ids
    return found


@pytest.fixture
def everything(settings, tmp_path):
    """Somebody of whom we hold all that can be held, and staff with a second step."""
    settings.MEDIA_ROOT = tmp_path
    person = PersonFactory(email="ann@example.org", phone="+442079460199")
    world.make_everything(person)
    world.fill(world.keys_of_rows(person))
    Authenticator.objects.all().delete()
    TOTP.activate(person, SECRET)
    RecoveryCodes.activate(person)
    key_proof.write()


def test_each_encrypted_text_anywhere_in_the_database_is_in_a_place_of_the_list(everything):
    listed = {f"{place.table}.{place.column}" for place in encryption.places()}

    found = set(tokens())

    assert found - listed == set()
    assert len(found) > 15 and "mfa_authenticator.data" in found


def test_everything_bears_the_newest_key_afterwards_also_where_triggers_refuse_changes(everything):
    old = set(tokens())
    with key_in_front() as key:
        said = rotate()
        with keys(key):
            found = tokens()
            readable = [
                text for place in encryption.places() for text in key_proof.newest_texts([place])
            ]
            assert key_proof.refusal(readable) == ""

    assert found == {place: {"new"} for place in old}
    assert said.endswith("Done: 0 rows bear another key than new.\n")


def test_changing_keys_leaves_no_row_in_any_history(everything):
    with connection.cursor() as cursor:
        histories = [row for row in connection.introspection.table_names(cursor) if "event" in row]
        count = " UNION ALL ".join(f'SELECT count(*) FROM "{table}"' for table in histories)
        cursor.execute(count)
        before = cursor.fetchall()
        with key_in_front():
            rotate()
        cursor.execute(count)

        assert cursor.fetchall() == before


def test_second_time_changes_nothing(everything):
    with key_in_front():
        rotate()

        assert rotate() == "Done: 0 rows bear another key than new.\n"


@pytest.fixture
def jo():
    return CoordinatorFactory(email="jo@example.org")


def enter_second_step(client, outbox, code):
    ask(client, "jo@example.org")
    enter(client, outbox)
    client.post("/accounts/2fa/authenticate/", {"code": code})
    return is_signed_in(client)


def test_second_step_works_with_the_old_key_destroyed(client, outbox, jo):
    TOTP.activate(jo, SECRET)
    with key_in_front() as key:
        rotate()
        with keys(key):
            assert enter_second_step(client, outbox, code_of_the_app(SECRET))


def test_recovery_code_works_with_the_old_key_destroyed(client, outbox, jo):
    TOTP.activate(jo, SECRET)
    code = RecoveryCodes.activate(jo).generate_codes()[3]
    with key_in_front() as key:
        rotate()
        with keys(key):
            assert enter_second_step(client, outbox, code)
            assert code not in RecoveryCodes.activate(jo).get_unused_codes()


def test_without_changing_the_key_of_second_steps_nobody_would_come_in(jo):
    TOTP.activate(jo, SECRET)

    with keys(new_key()), pytest.raises(KeyError):
        TOTP(Authenticator.objects.get()).validate_code(code_of_the_app(SECRET))


def test_what_no_key_opens_is_named_and_it_is_not_done():
    with keys(new_key("lost")):
        person = PersonFactory(phone="+442079460199")

    with pytest.raises(CommandError, match="Not done: 1 rows bear another key than tests") as said:
        rotate()

    assert "collective.Person.phone (1)" in str(said.value)
    assert rotation.rotate(PHONE).unreadable == [person.pk]


def test_one_that_cannot_be_read_keeps_no_other_from_being_changed():
    with keys(new_key("lost")):
        PersonFactory(phone="+442079460199")
    good = PersonFactory(phone="+442079460123")

    with key_in_front() as key:
        with pytest.raises(CommandError):
            rotate()
        with keys(key):
            assert Person.objects.get(pk=good.pk).phone == "+442079460123"


def test_proof_keeps_the_older_key_until_everything_else_is_done():
    key_proof.write()
    with keys(new_key("lost")):
        PersonFactory(phone="+442079460199")
    with key_in_front() as key:
        with pytest.raises(CommandError):
            rotate()

        with keys(key):
            assert "Put that key back" in key_proof.look()


def test_nothing_is_encrypted_for_a_place_that_is_in_no_list():
    with pytest.raises(LookupError, match="in no list"):
        Place("collective.Message", "text").encrypt("secret")


def test_encrypted_column_of_no_table_encrypts_nothing():
    field = EncryptedJSONField(name="secret")
    field.model = KeyProof

    with pytest.raises(LookupError, match="in no list"):
        field.get_prep_value("secret")


def test_nothing_else_encrypts_what_stands_in_a_table():
    users = {
        str(path.relative_to(servers.ROOT))
        for folder in ("collective", "events", "payments", "policy_drafts", "portal")
        for path in (servers.ROOT / folder).rglob("*.py")
        if "portal/backups/" not in str(path)  # they sign and read, and write no row
        if re.search(r"\b_encrypt\(|^\s*(from|import) cryptography", path.read_text(), re.M)
    }

    assert users == {"collective/safety/encryption.py"}


def test_numbers_are_found_with_a_new_secret(settings):
    person = PersonFactory(phone="+442079460199")
    key_proof.write()
    settings.SECRET_KEY = "another" * 10
    assert "SECRET_KEY is not the one" in key_proof.look_at_secret()

    rotate()

    assert Person.objects.get(phone_hash=phones.keyed_hash("+442079460199")) == person
    assert key_proof.look_at_secret() == ""

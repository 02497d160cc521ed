"""The keys of an environment are those of its database, or nothing is written."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from collective.models import KeyProof
from collective.safety import key_proof
from tests.factories import PersonFactory
from tests.keys import key_in_front, keys, new_key

pytestmark = pytest.mark.django_db


def test_right_keys_are_said_to_be_right():
    key_proof.write()

    assert key_proof.look() == ""
    with key_in_front():
        assert key_proof.look() == ""


def test_other_keys_are_refused_with_the_name_of_the_one_that_is_missing():
    key_proof.write()

    with keys(new_key("other")):
        assert "none that opens what was encrypted with tests. Put that key back" in (
            key_proof.look()
        )


def test_another_key_of_the_same_name_is_refused():
    key_proof.write()

    with keys(new_key("tests")):
        assert "not the keys with which this database was written" in key_proof.look()


def test_empty_database_takes_any_keys():
    with keys(new_key()):
        assert key_proof.look() == ""


def test_database_of_a_version_without_a_proof_is_asked_by_its_rows():
    PersonFactory(phone="+442079460199")

    assert key_proof.look() == ""
    with keys(new_key("other")):
        assert "encrypted with tests" in key_proof.look()


def test_prepare_with_other_keys_changes_nothing():
    PersonFactory(phone="+442079460199")

    with keys(new_key()), pytest.raises(CommandError, match="not the keys"):
        call_command("prepare", stdout=StringIO())

    assert not KeyProof.objects.exists()


def test_prepare_writes_the_proof_once():
    call_command("prepare", stdout=StringIO())
    first = KeyProof.objects.values_list("text", "secret").get()
    call_command("prepare", stdout=StringIO())

    assert KeyProof.objects.values_list("text", "secret").get() == first
    assert first[0] == key_proof.PROVES


def test_command_says_whether_the_keys_open_what_is_there(capsys):
    key_proof.write()
    call_command("check_keys")
    with keys(new_key("other")), pytest.raises(CommandError, match="encrypted with tests"):
        call_command("check_keys")

    assert capsys.readouterr().out == "These keys open it.\n"

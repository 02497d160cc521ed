"""What people type or paste where we ask for a code; codes.json has a case for each kind."""

import json
from pathlib import Path

import pytest

from collective.errors import RuleError
from collective.pages.forms import MOST_PASTED, CodeForm
from collective.people import codes

CASES = json.loads((Path(__file__).parent / "codes.json").read_text())


@pytest.mark.parametrize("case", CASES["right"], ids=lambda case: ascii(case["typed"]))
def test_code_is_read_as_people_write_it(case):
    assert codes.read(case["typed"]) == case["digits"]


@pytest.mark.parametrize("case", CASES["no_try_lost"], ids=lambda case: ascii(case["typed"]))
def test_what_is_no_code_is_refused_with_a_sentence(case):
    with pytest.raises(RuleError, match=r"six digits|newest one"):
        codes.read(case["typed"])


def test_sentence_says_how_many_digits_there_are():
    with pytest.raises(RuleError, match="We count 5"):
        codes.read("55160")


def test_the_same_code_twice_is_one_code():
    assert codes.read("551603\n551603") == "551603"


def test_a_code_and_another_in_two_halves_are_two():
    with pytest.raises(RuleError, match="more than one"):
        codes.read("551603 or 551 604")


def test_digits_as_emoji_are_digits():
    assert codes.read("5\ufe0f\u20e35\ufe0f\u20e31603") == "551603"


def test_whole_email_with_a_phone_number_gives_its_code():
    email = (
        "Hello,\n\nYour code is:\n551603\n\nIt works for 15 minutes. Call 020 7946 0000, 9 to 5."
    )

    assert codes.read(email) == "551603"


@pytest.mark.parametrize(("typed", "digits"), [("123 456", "123456"), ("1234 5678", "12345678")])
def test_second_step_takes_six_digits_or_the_eight_of_a_recovery_code(typed, digits):
    assert codes.read(typed, codes.OF_SECOND_STEP) == digits


def test_box_takes_a_pasted_sentence_whole():
    page = str(CodeForm()["code"])

    assert "maxlength" not in page
    assert CodeForm({"code": "word " * 1000 + "551603"}).is_valid()


def test_more_than_an_email_is_refused_with_words():
    form = CodeForm({"code": "5" * (MOST_PASTED + 1)})

    assert form.errors["code"] == ["That is more than an email of ours. Enter the digits alone."]

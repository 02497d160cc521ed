"""One mailbox is one person, however its address is typed."""

import pytest

from collective.errors import RuleError
from collective.typed import addresses
from tests.cases import PEOPLE

CASES = PEOPLE["addresses"]
SAME = [(row["kept"], typed) for row in CASES["same_person"] for typed in row["typed"]]
SAME_OR_REFUSED = [
    (row["kept"], typed) for row in CASES["same_person_or_refused"] for typed in row["typed"]
]


@pytest.mark.parametrize(("kept", "typed"), SAME)
def test_one_mailbox_has_one_normal_form(kept, typed):
    assert addresses.read(typed) == kept


@pytest.mark.parametrize(("kept", "typed"), SAME_OR_REFUSED)
def test_what_stands_around_an_address_is_left_out(kept, typed):
    assert addresses.read(typed) == kept


@pytest.mark.parametrize("row", CASES["other_people"], ids=lambda row: row["other"])
def test_another_mailbox_is_another_person_or_refused(row):
    try:
        other = addresses.read(row["other"])
    except RuleError as error:
        assert "Please check it" in str(error)
    else:
        assert other != addresses.read(row["one"])


@pytest.mark.parametrize("row", CASES["refused"], ids=lambda row: row["because"])
def test_what_is_no_address_is_refused_with_what_to_do(row):
    with pytest.raises(RuleError, match=r"^[A-Z].*\.$"):
        addresses.read(row["typed"])


@pytest.mark.parametrize(
    "typed",
    [
        *(
            "sam@" + domain
            for domain in ("exa_mple.org", "-example.org", "xn--zz.org", "[127.0.0.1]")
        ),
        "ſam@exam\u0131ple..org",
        "@example.org",
        "a" * 250 + "@example.org",
        "😀@example.org",
        "sam@😀.org",
        "xn--" * 300 + "@example.org",
    ],
)
def test_no_address_breaks_the_reader(typed):
    with pytest.raises(RuleError):
        addresses.read(typed)


@pytest.mark.parametrize(("kept", "typed"), SAME)
def test_normal_form_is_its_own(kept, typed):
    assert addresses.read(addresses.read(typed)) == kept


def test_nothing_typed_is_no_address():
    assert [addresses.clean_email(typed) for typed in (None, "", " ", "\u200b")] == [None] * 4


def test_part_of_an_address_is_looked_for_in_plain_letters():
    assert addresses.as_looked_for("\u200bＳam@Exa") == "sam@exa"

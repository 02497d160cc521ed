"""Names and titles: what nobody sees is taken out, and what a script needs stays."""

import unicodedata

import pytest

from collective.typed import signs
from tests.cases import PEOPLE

NAMES = [row for row in PEOPLE["names"] if "build" not in row]
TITLES = [row for row in PEOPLE["titles"] if "typed" in row]


@pytest.mark.parametrize("row", NAMES + TITLES, ids=lambda row: ascii(row["typed"]))
def test_line_is_kept_as_one_can_see_it(row):
    assert signs.clean_line(row["typed"]) == row.get("kept", "")


@pytest.mark.parametrize("row", NAMES + TITLES, ids=lambda row: ascii(row["typed"]))
def test_cleaning_twice_is_cleaning_once(row):
    once = signs.clean_line(row["typed"])

    assert signs.clean_line(once) == once


@pytest.mark.parametrize(
    "line",
    [
        "1\ufe0f\u20e3 first",  # 1 in a box
        "I \u2764\ufe0f it",
        "\U0001f3f3\ufe0f\u200d\U0001f308",  # the rainbow flag
        "\U0001f468\u200d\U0001f469\u200d\U0001f467",
        "\u845b\U000e0100\u57ce",  # a Japanese name with the shape of its first letter
        "\u0938\u0941\u0928\u0940\u0932\u094d\u200c",  # after a virama, also at the end
        "\u0d38\u0d41\u0d28\u0d3f\u0d32\u0d4d\u200d",  # Sunil, as many type it in Malayalam
        "\u5c71\u7530\u3000\u592a\u90ce",
        "10\u00a0am",
        "e\u0301",
    ],
)
def test_what_a_script_needs_stays(line):
    assert signs.clean_line(line) == line


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ro\u200dbin", "Robin"),
        ("Ro\u200cbin", "Robin"),
        ("Robin\ufe0f", "Robin"),
        ("Robin\U000e0067\U000e007f", "Robin"),  # tags without a flag
        ("\U0001f3f4\U000e0067", "\U0001f3f4"),  # tags without an end
        ("Robin\ud800", "Robin"),
        ("Robin\U0010ffff", "Robin"),
        ("Robin\u2028Reed", "Robin Reed"),
        ("Robin \u200b Reed", "Robin Reed"),
        ("\u0301", ""),
        ("\u200d\u200c", ""),
    ],
)
def test_what_nobody_sees_goes(typed, kept):
    assert signs.clean_line(typed) == kept


def test_no_line_breaks_a_file():
    every = "".join(map(chr, range(0x110000)))

    left = signs.clean_line(every)

    assert {unicodedata.category(sign) for sign in left} & {"Cc", "Cs", "Zl", "Zp"} == set()
    assert {"\ufffe", "\uffff", "\ufdd0", "\u202e", "\u200b"} & set(left) == set()


def test_line_breaks_of_every_kind_count_once_in_a_text():
    assert signs.clean_text("a\r\nb\rc\vd\u2028e\x00\uffff") == "a\nb\nc\nd\ne"


def test_a_name_from_right_to_left_is_set_apart_in_a_sentence():
    assert signs.isolated("مريم") == "\u2068مريم\u2069"
    assert signs.isolated("Zoë") == "Zoë"

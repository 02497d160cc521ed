"""Numbers to ring and numbers for texts: what a page promises of each is so."""

from importlib import import_module

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError

from collective import clock
from collective.models import Community, SupportLine
from tests.factories import CommunityFactory, PageFactory

MOVE = import_module("collective.migrations.0021_numbers_that_take_texts")
LANDLINE, MOBILE, SHORT = "020 7946 0000", "07700 900000", "85258"
pytestmark = pytest.mark.django_db


def line(**fields):
    return SupportLine(name="A line", about="To talk", checked_on=clock.now().date(), **fields)


@pytest.mark.parametrize(
    ("fields", "refused"),
    [
        ({"phone": LANDLINE, "text_number": MOBILE}, set()),
        ({"phone": MOBILE, "text_number": SHORT}, set()),
        ({"phone": "116 123"}, set()),
        ({"phone": "999"}, set()),
        ({"text_number": LANDLINE}, {"text_number"}),
        ({"text_number": "+44 20 7946 0000"}, {"text_number"}),
        ({"phone": SHORT}, {"phone"}),
    ],
)
def test_number_stands_only_where_it_can_do_what_is_promised(fields, refused):
    for row in (line(**fields), Community(name="Ours", **fields)):
        try:
            row.full_clean()
            found = set()
        except ValidationError as error:
            found = set(error.message_dict)
        assert found == refused


@pytest.mark.parametrize(
    ("phone", "text_number", "said"),
    [
        (LANDLINE, "", ["Call <tel>020"]),
        (LANDLINE, MOBILE, ["Call <tel>020", "Or text <sms>077"]),
        (MOBILE, MOBILE, ["Call or text <tel>077"]),
        ("", MOBILE, ["Text <sms>077"]),
    ],
)
def test_foot_promises_texts_only_by_a_number_that_takes_them(client, phone, text_number, said):
    CommunityFactory(phone=phone, text_number=text_number)
    foot = client.get("/").content.decode().split("<footer")[1].replace("\xa0", " ")
    for way in ("tel", "sms"):
        for number in (LANDLINE, MOBILE):
            address = number.replace(" ", "")
            foot = foot.replace(f'<a href="{way}:{address}">', f"<{way}>")

    assert all(words in foot for words in said)
    assert ("text" in foot.lower().split("you can ask")[0]) == bool(text_number)


def test_line_for_texts_opens_a_text_with_its_word(client, community):
    PageFactory(slug="support", shows_support_lines=True)
    line(text_number=SHORT, text_word="SHOUT", for_whom="Everybody in the UK").save()

    page = " ".join(client.get("/pages/support/").content.decode().split())

    assert 'SHOUT to <a href="sms:85258?body=SHOUT">85258</a>' in page
    assert "<dt>For</dt><dd>Everybody in the UK</dd>" in page and "tel:85258" not in page


def test_migration_moves_what_took_texts_and_keeps_the_rest():
    CommunityFactory(phone=MOBILE)
    for phone in (SHORT, "116 123", LANDLINE, MOBILE):
        line(phone=phone).save()

    MOVE.note(apps, None)
    MOVE.note(apps, None)

    found = set(SupportLine.objects.values_list("phone", "text_number"))
    assert found == {("", SHORT), ("116 123", ""), (LANDLINE, ""), (MOBILE, "")}
    assert Community.objects.get().text_number == MOBILE

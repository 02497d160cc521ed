"""Tracked ends of paragraphs, whatever stands between the paragraphs."""

import pytest

from policy_drafts.desk import readers
from policy_drafts.text import blocks
from tests.policy_drafts.cases.documents import BOX, BOX_AT, PARTS, packed
from tests.policy_drafts.cases.texts import make

NEXT = make.line("the bell.")
BETWEEN = [
    NEXT,
    f'<w:bookmarkStart w:id="1" w:name="x"/><w:bookmarkEnd w:id="1"/>{NEXT}',
    f'<w:proofErr w:type="spellStart"/>{NEXT}',
    f'<w:commentRangeStart w:id="9"/><w:permStart w:id="2"/>{NEXT}',
    BOX_AT.format(NEXT),
    f"<w:customXml><w:customXmlPr/>{BOX_AT.format(NEXT)}</w:customXml>",
]


def read(body):
    return readers.read("x.docx", packed(body, {part: "" for part, _, _ in PARTS.values()}))


def rows(found):
    return [row.text for part in found.sections for row in blocks.read(part.html)]


@pytest.mark.parametrize("following", BETWEEN)
def test_paragraph_that_was_parted_is_one_again_and_a_suggestion(following):
    found = read(make.line("Ring ", marks=make.mark("ins")) + following)

    assert rows(found) == ["Ring the bell."]
    assert [note["words"] for note in found.notes] == [
        "Instead of: Ring the bell.\n\nSuggested: Ring\nthe bell."
    ]


@pytest.mark.parametrize("following", BETWEEN)
def test_paragraphs_that_were_joined_are_two_and_a_suggestion(following):
    found = read(make.line("Ring ", marks=make.mark("del")) + following)

    assert rows(found) == ["Ring", "the bell."]
    assert [note["words"] for note in found.notes] == [
        "Instead of: Ring\nthe bell.\n\nSuggested: Ring the bell."
    ]


def test_paragraph_in_a_frame_runs_on_behind_it():
    found = read(BOX_AT.format(make.line("Ring ", marks=make.mark("ins"))) + NEXT)

    assert rows(found) == ["Ring the bell."]
    assert len(found.notes) == 1


def test_words_before_a_table_of_contents_do_not_go_with_it():
    gallery = '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj>'
    contents = BOX_AT.replace("<w:sdtPr/>", f"<w:sdtPr>{gallery}</w:sdtPr>").format(NEXT)

    assert rows(read(make.line("Ring", marks=make.mark("ins")) + contents)) == ["Ring"]


def test_paragraph_with_a_text_box_runs_on_behind_the_box():
    ring = make.para(make.run("Ring "), BOX.format(make.line("box")), marks=make.mark("ins"))

    assert len(read(ring + NEXT).notes) == 1

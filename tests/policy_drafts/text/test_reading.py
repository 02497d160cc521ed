from policy_drafts.text import reading
from policy_drafts.text.directions import is_right_to_left


def test_text_from_right_to_left_says_so_on_its_page():
    page = reading.for_reading("<p>مرحبا</p><p>1. Hello م</p>")

    assert page == '<p dir="rtl">مرحبا</p><p>1. Hello م</p>'


def test_figures_have_no_direction_of_their_own():
    assert [is_right_to_left(text) for text in ("12 א", "12", "")] == [True, False, False]


def test_list_and_table_go_the_way_of_their_first_word():
    page = reading.for_reading(
        "<ul><li><p>שלום</p></li><li><p>12</p></li><li><p>Hello</p></li></ul>"
    )

    assert page.startswith('<ul dir="rtl">')
    assert '<p dir="rtl">שלום</p>' in page
    assert '<p dir="rtl">12</p>' in page and '<p dir="ltr">Hello</p>' in page

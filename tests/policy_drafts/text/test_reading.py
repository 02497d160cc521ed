from policy_drafts.text import reading
from policy_drafts.text.directions import is_right_to_left


def test_text_from_right_to_left_says_so_on_its_page():
    page = reading.for_reading("<p>مرحبا</p><p>1. Hello م</p>")

    assert page == '<p dir="rtl">مرحبا</p><p>1. Hello م</p>'


def test_figures_have_no_direction_of_their_own():
    assert [is_right_to_left(text) for text in ("12 א", "12", "")] == [True, False, False]

"""That what does not fit is found: the measure that axe's pages are held against."""

import pytest

from tests.journeys import large

pytestmark = pytest.mark.browser
WORDS = "Words that somebody reads with their lines far apart. " * 3


@pytest.mark.parametrize(
    ("style", "wrong"),
    [
        ("", []),
        ("height: 60px; width: 600px; overflow: hidden", ["does not fit when spaced"]),
        ("height: 60px; width: 600px", ["does not fit when spaced"]),
        ("height: 60px; width: 600px; overflow: auto", []),
        (
            "font-size: 8px; width: 700px; white-space: nowrap; overflow: clip",
            ["does not fit when spaced"],
        ),
        ("width: 1300px", ["wider than the window"]),
    ],
)
def test_what_fits_no_more_with_lines_far_apart_is_found(new_context, style, wrong):
    page = new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_content(f'<div style="font: 16px/1.2 sans-serif; {style}">{WORDS}</div>')

    assert [words.split(":")[0] for words in large.wrong(page)] == wrong

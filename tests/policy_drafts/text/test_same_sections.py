"""Which section of a file is which of ours, by titles and words."""

import pytest

from policy_drafts.text.same_sections import Titled, same_sections

LISTEN = Titled("Listening", ["We listen to each person first.", "Then we act together."])
MONEY = Titled("Money", ["We pay £75 for a session.", "It is paid within ten days."])
HEARD = Titled("Being heard", ["We listen to every person first.", "Then we act together."])
OTHER = Titled("Animals", ["Zebras are welcome anywhere.", "Okapis are too."])
EMPTY = Titled("Later", [])
ROWS = {
    "by title, in another order": ([LISTEN, MONEY], [MONEY, LISTEN], {0: 1, 1: 0}),
    "a title in capitals": ([LISTEN], [Titled("LISTENING", [])], {0: 0}),
    "another title, nearly the same words": ([MONEY, LISTEN], [HEARD], {0: 1}),
    "other words": ([LISTEN, MONEY], [OTHER], {}),
    "the title goes before the words": ([LISTEN, MONEY], [Titled("Money", HEARD.texts)], {0: 1}),
    "each once": ([LISTEN], [HEARD, HEARD], {0: 0}),
    "no words": ([EMPTY], [Titled("Soon", [])], {}),
}


@pytest.mark.parametrize(("old", "new", "found"), ROWS.values(), ids=ROWS)
def test_section_is_found_by_its_title_and_else_by_its_words(old, new, found):
    assert same_sections(old, new) == found

"""Each case of `tests/policy_drafts/cases/texts/`, read as a worker reads it."""

import pytest

from collective.errors import RuleError
from policy_drafts.desk import readers
from policy_drafts.desk.readers.parts import Brought, Part
from policy_drafts.text import markup
from tests.policy_drafts.cases import EXPECTED, content_of
from tests.policy_drafts.cases.checks import faults

READ = [name for name, case in EXPECTED.items() if not {"door", "refused"} & case.keys()]
PASTED = [name for name, case in EXPECTED.items() if case.get("door") == "paste"]
REFUSED = {
    "password.docx": "password",
    "old-word.docx": "old Word",
    "utf-16-doctype.docx": "no Word",
}
# The other outcome that `or` of the case holds right, too.
OTHERWISE = {
    "signs-that-paper-lacks.md": {
        "sections": [
            {"title": "Arriving", "text": ["Ring the bell 🙂, said Mei (美).", "• Come in."]},
            {"title": "Leaving", "text": ["Say goodbye."]},
        ]
    },
    "legal-numbers.docx": {
        "sections": [
            {
                "title": "Arriving",
                "text": ["Part I Before", "1.01 Ring the bell.", "1.02 Wait.", "See 1.02."],
            },
            {"title": "Leaving", "text": ["Say goodbye."]},
        ]
    },
    "ruby.docx": {
        "sections": [
            {"title": "Arriving", "text": ["The train to 東京 (とうきょう) is late."]},
            {"title": "Leaving", "text": ["Say goodbye."]},
        ]
    },
}


@pytest.fixture(scope="module")
def content(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cases")
    return lambda name: content_of(name, str(folder))


@pytest.mark.parametrize("name", READ)
def test_file_is_read_with_nothing_lost(name, content):
    found = readers.read(name, content(name))

    assert faults(EXPECTED[name] | OTHERWISE.get(name, {}), found) == []


@pytest.mark.parametrize("name", PASTED)
def test_what_the_editor_sends_is_cleaned(name, content):
    html = markup.cleaned(content(name).decode())

    wanted = {
        key: EXPECTED[name][key]
        for key in ("never", "lists", "strong", "door")
        if key in EXPECTED[name]
    }
    assert faults(wanted | {"sections": [EXPECTED[name]]}, Brought([Part("", html)])) == []


@pytest.mark.parametrize("name", REFUSED)
def test_refusal_says_why(name, content):
    with pytest.raises(RuleError, match=REFUSED[name]):
        readers.read(name, content(name))

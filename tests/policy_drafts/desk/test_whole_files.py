"""A file that comes back beside the whole working copy: split, merged and moved in the file."""

import pytest

from policy_drafts.desk import incoming
from policy_drafts.text import change_words
from tests.factories import brought_in, section_in

pytestmark = pytest.mark.django_db
DOORS = ["Please ring the bell at the front door.", "Somebody opens the door for you."]
KEYS = ["The key hangs behind the kitchen door.", "Please bring it back before you leave."]
ASKED = ["We ask before we take any photograph.", "You can always say no to it."]


@pytest.fixture
def policy(policy, lead):
    for title, texts in (("Doors", DOORS), ("Keys", KEYS), ("Photos", ASKED)):
        section_in(policy, "".join(f"<p>{text}</p>" for text in texts), title, lead)
    return policy


def look(policy, lead, *sections):
    text = "\n\n".join("\n\n".join([f"# {title}", *texts]) for title, texts in sections)
    return incoming.sections_in(brought_in(policy, lead, "x.md", text.encode()))


def kinds(row):
    return [(line.what.value, line.other and line.other.title) for line in row.to_now]


def test_paragraph_that_moved_to_another_section_reads_so_in_both(policy, lead):
    found = look(policy, lead, ("Doors", DOORS[:1]), ("Keys", [*KEYS, DOORS[1]]), ("Photos", ASKED))

    assert kinds(found[0]) == [("same", None), ("went", "Keys")]
    assert kinds(found[1]) == [("same", None), ("same", None), ("came", "Doors")]
    assert found[2].is_same


def test_section_that_was_split_in_the_file_says_whence_its_second_half_came(policy, lead):
    found = look(
        policy,
        lead,
        ("Doors", DOORS[:1]),
        ("Opening", DOORS[1:]),
        ("Keys", KEYS),
        ("Photos", ASKED),
    )

    assert kinds(found[1]) == [("came", "Doors")]
    assert "from section 1" in change_words.of_section(found[1].change)


def test_section_that_was_merged_in_the_file_is_told_as_one_that_it_lacks(policy, lead):
    found = look(policy, lead, ("Doors", [*DOORS, *KEYS]), ("Photos", ASKED))

    assert [what for what, _ in kinds(found[0])] == ["same", "same", "came", "came"]
    assert [change.old.title for change in incoming.not_in_file(found)] == ["Keys"]


def test_file_of_one_section_says_nothing_of_the_others(policy, lead):
    found = look(policy, lead, ("Photos", [*ASKED, DOORS[1]]))

    assert [what for what, _ in kinds(found[0])] == ["same", "same", "added"]
    assert incoming.not_in_file(found) == []


def test_page_tells_what_moved_and_what_the_file_lacks(policy, lead, client):
    content = "# Photos\n\n{}\n\n# Doors\n\n{}".format(
        "\n\n".join(ASKED), "\n\n".join(DOORS + KEYS)
    )
    brought = brought_in(policy, lead, "x.md", content.encode())

    page = client.get(f"/policies/{policy.slug}/write/import/{brought.pk}/").content.decode()

    assert "It stands in another place in the file" in page
    assert "“Keys”. In the file:" in page

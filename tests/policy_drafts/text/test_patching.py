"""Other words for one block: its uid stays, and the form of every word that stays."""

import random

import pytest

from policy_drafts.text import blocks, markup, patching

UID = "00000000-0000-4000-8000-000000000001"
WORDS = ["We", "answer", "each report", "within", "two working days", "£25", "don't", "co-write"]
FORMS = ["{}", "{}", "<strong>{}</strong>", "<em>{}</em>", "<a href='https://x.example/'>{}</a>"]
ROWS = {
    "a word in bold stays bold": (
        "We <strong>must answer</strong> soon.",
        "We must always answer at once.",
        "We <strong>must always answer</strong> at once.",
    ),
    "what takes its place is bold": (
        "We <strong>must</strong> answer.",
        "We should answer.",
        "We <strong>should</strong> answer.",
    ),
    "what is put in behind it is not": (
        "Ask <strong>us</strong>.",
        "Ask us now.",
        "Ask <strong>us</strong> now.",
    ),
    "a link leads where it led": (
        'See <a href="https://x.example/">our page</a>.',
        "Please see our new page.",
        'Please see <a href="https://x.example/">our new page</a>.',
    ),
    "a line break stays": ("One<br>two", "One\nand two", "One<br>and two"),
}


@pytest.mark.parametrize(("old", "words", "new"), ROWS.values(), ids=ROWS)
def test_word_that_stays_keeps_its_form(old, words, new):
    changed = patching.with_words(f'<p data-block="{UID}">{old}</p>', UID, words)

    assert changed == f'<p data-block="{UID}">{new}</p>'


def test_wholly_rewritten_block_keeps_its_uid():
    html = blocks.with_uids("<p>One thing.</p><p>Another thing.</p>")
    first, second = blocks.read(html)

    after = blocks.read(patching.with_words(html, first.uid, "Zebra quagga okapi"))

    assert [(row.uid, row.text) for row in after] == [
        (first.uid, "Zebra quagga okapi"),
        (second.uid, "Another thing."),
    ]


@pytest.mark.parametrize(
    "html", [f'<p data-block="{UID[:-1]}2">One.</p>', f'<img data-block="{UID}" alt="A cat">']
)
def test_block_that_is_not_there_or_is_a_picture_is_said(html):
    with pytest.raises(patching.NoSuchBlock):
        patching.with_words(html, UID, "Two.")


def test_no_words_are_no_change():
    with pytest.raises(ValueError):
        patching.with_words(f'<p data-block="{UID}">One.</p>', UID, " \n ")


def some_html(rnd):
    pieces = []
    for _ in range(rnd.randint(1, 6)):
        words = " ".join(rnd.choices(WORDS, k=rnd.randint(1, 4)))
        pieces.append(rnd.choice(FORMS).format(words) + rnd.choice(["", "", "<br>"]))
    return rnd.choice(["", " "]).join(pieces)


def edited(rnd, text):
    words = text.split(" ")
    for _ in range(rnd.randint(1, 4)):
        at = rnd.randrange(len(words) + 1)
        words[at : at + rnd.randint(0, 2)] = rnd.choices(WORDS, k=rnd.randint(0, 2))
    return " ".join(words)


@pytest.mark.thorough
def test_three_thousand_edits_give_exactly_the_words_and_touch_nothing_else():
    rnd = random.Random(4)
    for _ in range(3000):
        html = blocks.with_uids(f"<p>{some_html(rnd)}</p><ul><li>{some_html(rnd)}</li></ul>")
        block, other = rnd.sample(blocks.read(html), 2)
        words = edited(rnd, block.text).strip() or "Zebra"

        changed = patching.with_words(html, block.uid, words)

        after = {row.uid: row for row in blocks.read(changed)}
        assert (after[block.uid].text, after[other.uid]) == (blocks.normalised(words), other)
        assert blocks.with_uids(markup.without_marks(changed), changed) == changed


def forms(html):
    """{word: the tags around it, from the innermost}, for words that each stand once."""
    found = {}
    for text in markup.tree(html).xpath("//text()"):
        parent = text.getparent()
        around = list(parent.iterancestors())
        tags = [row.tag for row in (around if text.is_tail else [parent, *around])]
        found |= dict.fromkeys(text.split(), tags)
    return found


def numbered(rnd):
    """A block in which each word stands once, some of it bold, in italics or a link."""
    words = iter(f"w{number}" for number in range(100))
    pieces = [" ".join(next(words) for _ in range(rnd.randint(1, 5))) for _ in range(6)]
    return " ".join(rnd.choice(FORMS).format(piece) for piece in pieces)


@pytest.mark.thorough
def test_each_word_that_stays_keeps_its_tags_whatever_is_put_in_or_taken_out():
    rnd = random.Random(5)
    for _ in range(3000):
        html = blocks.with_uids(f"<p>{numbered(rnd)}</p>")
        (block,) = blocks.read(html)
        words = [word for word in block.text.split() if rnd.random() < 0.8]
        for number in range(rnd.randint(0, 4)):
            words.insert(rnd.randrange(len(words) + 1), f"new{number}")

        changed = patching.with_words(html, block.uid, " ".join(words))

        before, after = forms(html), forms(changed)
        assert set(after) == set(words)
        assert [after[word] for word in words if word in before] == [
            before[word] for word in words if word in before
        ]

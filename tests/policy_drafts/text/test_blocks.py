"""Blocks keep their uids while the text around and inside them changes."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from policy_drafts.text import blocks

TEXT = (
    "we listen first then act together and say openly what changed because somebody asked for it "
    "today"
)
WORDS = TEXT.split(" ")
SENTENCE = st.lists(st.sampled_from(WORDS), min_size=4, max_size=12).map(" ".join)
EDIT = st.tuples(
    st.sampled_from(["insert", "remove", "word", "move", "copy"]),
    st.integers(0, 999),
    st.integers(0, 999),
    SENTENCE,
)


def html_of(texts):
    return "".join(f"<p>{text}</p>" for text in texts)


def uids(html):
    return [block.uid for block in blocks.read(html)]


def edited(texts, what, here, there, sentence):
    """The texts after one edit by a person."""
    texts = list(texts)
    place = here % len(texts)
    if what == "insert":
        texts.insert(place, sentence)
    elif what == "remove" and len(texts) > 1:
        texts.pop(place)
    elif what == "word":
        words = texts[place].split()
        words[there % len(words)] = "otherwise"
        texts[place] = " ".join(words)
    elif what == "move":
        texts.insert(there % len(texts), texts.pop(place))
    elif what == "copy":
        texts.insert(place + 1, texts[place])
    return texts


@settings(max_examples=200, deadline=None)
@given(st.lists(SENTENCE, min_size=2, max_size=12), st.lists(EDIT, min_size=1, max_size=10))
def test_no_uid_is_there_twice_and_unchanged_text_keeps_its_own(texts, edits):
    html = blocks.with_uids(html_of(texts))
    for edit in edits:
        new = edited(texts, *edit)
        saved = blocks.with_uids(html_of(new), before=html)
        before, after = blocks.read(html), blocks.read(saved)

        assert len(set(uids(saved))) == len(after)
        kept = {block.uid: block.text for block in before}
        for text in set(texts) & set(new):
            number = min(texts.count(text), new.count(text))
            same = [block for block in after if block.text == text and kept.get(block.uid) == text]
            assert len(same) >= number
        texts, html = new, saved


def test_saving_the_same_text_again_changes_no_uid():
    html = blocks.with_uids("<p>One.</p><ul><li>Two.</li><li>Three.</li></ul>")

    assert blocks.with_uids(html, before=html) == html


def test_reworded_paragraph_keeps_its_uid():
    html = blocks.with_uids("<p>We answer within five working days.</p>")

    assert uids(blocks.with_uids("<p>We answer within two working days.</p>", before=html)) == uids(
        html
    )


def test_paragraph_whose_first_words_became_a_heading_goes_on_in_the_paragraph():
    html = blocks.with_uids(
        "<p>With service providers. We share what they need to help us, no more.</p>"
    )

    split = "<h3>With service providers.</h3><p>We share what they need to help us, no more.</p>"
    heading, paragraph = blocks.read(blocks.with_uids(split, before=html))

    assert (paragraph.uid, heading.carried_from) == (uids(html)[0], uids(html)[0])


def test_of_a_paragraph_that_is_split_the_first_keeps_the_uid_and_the_rest_says_where_it_is_from():
    html = blocks.with_uids(
        "<p>We answer within five working days. You decide what happens with it.</p>"
    )

    first, second = blocks.read(
        blocks.with_uids(
            "<p>We answer within five working days.</p><p>You decide what happens with it.</p>",
            html,
        )
    )

    assert [first.uid, second.carried_from] == uids(html) * 2


def test_origin_of_a_part_is_kept_through_later_saves():
    html = blocks.with_uids(
        "<p>We answer within five working days. You decide what happens with it.</p>"
    )
    parts = "<p>We answer within five working days.</p><p>You decide what happens with it.</p>"

    again = blocks.with_uids(parts + "<p>New.</p>", blocks.with_uids(parts, html))

    assert blocks.read(again)[1].carried_from == uids(html)[0]


def test_text_of_a_block_is_normalised():
    first, second = blocks.read(blocks.with_uids("<p>a  b\n c<br>d</p><p>e\u0301</p>"))

    assert (first.text, second.text) == ("a b c\nd", "é")


def test_kinds_are_what_a_reader_would_say():
    html = (
        "<h3>h</h3><p>p</p><ul><li>i</li></ul><blockquote>q</blockquote><dl><dt>t</dt><dd>d</dd></dl>"
        "<table><tr><td>c</td></tr></table>"
    )

    kinds = [block.kind for block in blocks.read(blocks.with_uids(html))]

    assert kinds == ["heading", "paragraph", "item", "quote", "term", "definition", "cell"]


def test_section_of_200_kb_is_split_and_matched():
    texts = [f"Paragraph {number} says {' '.join(WORDS)}" for number in range(1700)]
    html = blocks.with_uids(html_of(texts))
    texts[800] = "Quite another paragraph."

    after = blocks.with_uids(html_of(texts), before=html)

    assert len(html_of(texts)) > 190_000
    assert sum(a == b for a, b in zip(uids(html), uids(after), strict=True)) == 1699
    assert all(a != b for a, b in pairwise(uids(after)))


def test_picture_whose_description_is_written_later_is_the_same_picture():
    address = "/policies/pictures/00000000-0000-4000-8000-00000000000{}/"
    html = '<figure><img src="{}" alt="{}"></figure><figure><img src="{}" alt="B"></figure>'
    before = blocks.with_uids(html.format(address.format(1), "", address.format(2)))

    after = blocks.with_uids(
        html.format(address.format(1), "A map", address.format(3)), before=before
    )

    assert uids(after)[0] == uids(before)[0] and uids(after)[1] != uids(before)[1]

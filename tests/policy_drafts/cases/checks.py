"""What is wrong with what was read, by the words of `expected.json` (see the cases' README)."""

import re

from policy_drafts.desk.readers.parts import NO_TITLE
from policy_drafts.text import blocks, markup

DEAD = re.compile(r"href=\"#(?!row-|b-)")
LETTERS = "abcdefghijklmnopqrstuvwxyz"


def faults(case, found):
    """Sentences about each difference; [] where all is right."""
    html = "".join(part.html for part in found.sections)
    texts = [text for part in found.sections for text in (part.title, *rows_of(part.html))]
    named = [row["words"] for row in found.named]
    return [
        *_sections(case.get("sections", []), found.sections),
        *_lists(case, html, named),
        *_tables(case, html),
        *_notes(case.get("notes", []), found.notes),
        *_named(case, named, texts),
        *_never(case, texts, html),
        *[
            f"in notes: {words}"
            for words in case.get("never_in_notes", [])
            if words in str(found.notes)
        ],
    ]


def rows_of(html):
    return [block.text for block in blocks.read(html) if block.text]


def _sections(expected, parts):
    if not expected:
        return []
    titles = [row["title"] for row in expected if "title" in row]
    got = ["" if part.title == NO_TITLE else part.title for part in parts]
    if len(titles) == len(expected) and titles != got:
        return [f"titles {got}, not {titles}"]
    if len(parts) != len(expected):
        return [f"{len(parts)} sections, not {len(expected)}"]
    pairs = zip(expected, parts, strict=True)
    return [fault for row, part in pairs for fault in _section(row, part)]


def _section(row, part):
    got, whole = rows_of(part.html), " ".join(rows_of(part.html))
    if "text" in row and got != row["text"]:
        yield f"{part.title}: {got}, not {row['text']}"
    if not part.title.startswith(row.get("title_begins", "")):
        yield f"title {part.title}"
    if "title_and_text" in row and f"{part.title} {whole}" != row["title_and_text"]:
        yield f"title and text: {part.title} {whole}"
    yield from (
        f"{part.title} lacks {words}" for words in row.get("holds", []) if words not in whole
    )
    yield from (f"{part.title} holds {words}" for words in row.get("lacks", []) if words in whole)


def _lists(case, html, named):
    items = list(markup.tree(html).iter("li"))
    numbers = {rows_of(markup.html_of(item))[0]: _number(item) for item in items}
    texts = rows_of(html)
    for row in case.get("lists", []):
        wanted = row["numbers"] or [""] * len(row["items"])
        for text, number in zip(row["items"], wanted, strict=True):
            in_words = any(line == f"{number} {text}" for line in texts)
            as_digit = str(LETTERS.find(number) + 1) if len(number) == 1 else number
            if number in ("i", "ii"):
                as_digit = str(len(number))
            is_told = case.get("door") == "paste" or any("letters" in words for words in named)
            is_other = numbers.get(text) == as_digit and is_told
            if numbers.get(text) != number and not in_words and not is_other:
                yield f"“{text}” has the number {numbers.get(text)}, not {number}"


def _number(item):
    parent = item.getparent()
    if parent.tag == "ul":
        return ""
    return str(int(parent.get("start") or 1) + parent.index(item))


def _tables(case, html):
    if "rows" in case:
        rows = [
            [rows_of(markup.html_of(cell))[0] for cell in row]
            for row in markup.tree(html).iter("tr")
        ]
        if rows != case["rows"]:
            yield f"rows {rows}"


def _notes(expected, notes):
    for row in expected:
        channel = {"comment": "word_comment", "change": "word_change"}[row["kind"]]
        if not any(
            (note["channel"], note["author"], note["title"]) == (channel, row["by"], row["section"])
            and all(words in note["words"] for words in row["holds"])
            for note in notes
        ):
            yield f"no note {row} in {notes}"


def _named(case, named, texts):
    for row in case.get("named", []):
        if not named or not any(all(words in line for words in row["holds"]) for line in named):
            yield f"not named: {row} in {named}"
    for words in case.get("not_named", []):
        if words in str(named):
            yield f"named: {words}"
    for words in case.get("somewhere", []):
        if words not in str(named) + str(texts):
            yield f"nowhere: {words}"
    if re.search(r"\b\w+:[a-z]\w+|element|style|warning|ignored", " ".join(named)):
        yield f"no plain English: {named}"


def _never(case, texts, html):
    # words of a name, so that "nine" is not found in another word
    for words in case.get("never", []):
        if re.search(rf"(?<!\w){re.escape(words)}", "\n".join(texts)):
            yield f"holds {words}"
    for words in case.get("never_html", []):
        if words in html:
            yield f"HTML holds {words!r}"
    for words in case.get("once", []):
        if "\n".join(texts).count(words) != 1:
            yield f"not once: {words}"
    if "dead_links" in case and DEAD.search(html):
        yield "a dead link"
    if "strong" in case:
        bold = [element.text_content() for element in markup.tree(html).iter("strong")]
        if bold != case["strong"]:
            yield f"bold: {bold}"

"""A Word file's text made plain, before mammoth reads it, which passes over what it does not know.

What nobody sees in the file, or sees struck out, is taken out and named. What stands in an element
that mammoth does not know is put where it knows it.
"""

from collections.abc import Iterator, Sequence

import lxml.etree

from policy_drafts.desk.readers import word_fields
from policy_drafts.desk.readers.contents_lists import CONTENTS
from policy_drafts.desk.readers.named import Group, Named, counted, named
from policy_drafts.desk.readers.word_changes import WORDS, words_in
from policy_drafts.desk.readers.word_package import Element, W
from policy_drafts.desk.readers.word_styles import Styles, run_of, value_of
from policy_drafts.text.foreign import Gone, Why
from policy_drafts.text.struck import Seam

MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
WRAPPERS = ("dir", "bdo", "fldSimple", "smartTag", "customXml", "sdt", "ins", "moveTo", "del")
PROPERTIES = ("sdtPr", "sdtEndPr", "smartTagPr", "customXmlPr", "fldData")
OTHERS = {"altChunk": "document", "subDoc": "document"}
CONTENTS_STYLES = ("toc ", "table of figures", "contents heading")
SPACES = {"cr": "br", "ptab": "tab"}  # what mammoth passes over, as what it knows
SMALLEST = 2  # half points
STRUCK, HIDDEN = ("strike", "dstrike"), ("vanish",)
SAYS_MORE = tuple(f"{W}{name}" for name in ("b", "i", "rStyle", "vertAlign"))
CHART = "{http://schemas.microsoft.com/office/drawing/2014/chartex}chart"
SHOWN = (f"{W}t", f"{W}delText", CHART)  # what says that a new program shows more
BLOCKS = (f"{W}p", f"{W}tbl")


def simplify(document: Element) -> list[Named]:
    """Say once what is written twice, and in words what is drawn above or beside them.

    Returns what only other programs would show.
    """
    others = list(_choose(document))
    _say_ruby(document)
    _say_boxes(document)
    word_fields.say(document)
    for name, plain in SPACES.items():
        for row in document.iter(f"{W}{name}"):
            row.tag = f"{W}{plain}"
    return [*others, *_formulas(document)]


def make_plain(document: Element, styles: Styles) -> list[Named]:
    """Make a text plain; returns what does not come along."""
    rows = [*_contents(document, styles), *_other_documents(document)]
    _unwrap(document)
    _place_text_boxes(document)
    _drop_looks(document)
    return rows


def _choose(document: Element) -> Iterator[Named]:
    """Of what is written twice, for new programs and for old ones, keep one.

    That is what a new program shows, but where it has no words: mammoth knows old pictures better.
    """
    for row in list(document.iter(f"{MC}AlternateContent")):
        choices, fallbacks = row.findall(f"{MC}Choice"), row.findall(f"{MC}Fallback")
        with_words = [choice for choice in choices if next(choice.iter(*SHOWN), None) is not None]
        kept = [*with_words, *fallbacks, *choices][:1]
        shown = set(_all_words(kept))
        if more := [word for word in _all_words([*choices, *fallbacks]) if word not in shown]:
            yield named(Group.WORDS, f"Shown only by other programs: “{' '.join(more)}”")
        _replace(row, [child for choice in kept for child in choice])


def _all_words(elements: Sequence[Element]) -> list[str]:
    return " ".join(map(words_in, elements)).split()


def _replace(element: Element, children: Sequence[Element]) -> None:
    """Put these in the place of an element."""
    parent = element.getparent()
    if parent is None:
        return
    place = parent.index(element)
    parent.remove(element)
    for offset, child in enumerate(children):
        parent.insert(place + offset, child)


def _contents(document: Element, styles: Styles) -> list[Named]:
    """Take out tables of contents, by their style, their field or their frame."""
    rows = [row for row in document.iter(f"{W}sdt") if _is_contents(row)]
    rows += [
        row
        for row in document.iter(f"{W}p")
        if styles.name_of(row).lower().startswith(CONTENTS_STYLES)
    ]
    rows += word_fields.of_contents(document)
    for row in rows:
        parent = row.getparent()
        if parent is not None:
            parent.remove(row)
    return [named(Group.REST, CONTENTS)] if rows else []


def _is_contents(sdt: Element) -> bool:
    gallery = value_of(sdt.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery"))
    return gallery.lower() in ("table of contents", "table of figures")


def _other_documents(document: Element) -> list[Named]:
    rows = list(document.iter(f"{W}altChunk", f"{W}subDoc"))
    for row in rows:
        _replace(row, [])
    words = ("other document stands", "other documents stand")
    said = f"{counted(len(rows), words)} inside this one: we do not read what is in it"
    return [named(Group.WORDS, said)] if rows else []


def _formulas(document: Element) -> list[Named]:
    """Take out formulas, and name what is in them."""
    found = []
    for row in list(document.iter(f"{M}oMath")):
        words = " ".join("".join(text.text or "" for text in row.iter(f"{M}t", f"{W}t")).split())
        found.append(named(Group.WORDS, f"A formula: “{words}”"))
        _replace(row, [])
    return found


def _say_ruby(document: Element) -> None:
    """Small letters above a word stand behind it, in brackets."""
    for row in list(document.iter(f"{W}ruby")):
        base, small = row.find(f"{W}rubyBase"), row.find(f"{W}rt")
        words = "" if small is None else words_in(small)
        runs = [] if base is None else list(base)
        _replace(row, [*runs, *([run_of(f" ({words})", row)] if words else [])])


def _say_boxes(document: Element) -> None:
    """Ticked and empty boxes as signs that every typeface has."""
    for row in list(document.iter(f"{W}sdt")):
        box = row.find(f"{W}sdtPr/{W14}checkbox")
        if box is not None:
            ticked = box.find(f"{W14}checked")
            is_ticked = ticked is not None and ticked.get(f"{W14}val") in ("1", "true", "on")
            run = run_of("☒" if is_ticked else "☐", row)
            paragraph = row.find(f"{W}sdtContent/{W}p")
            if paragraph is None:
                _replace(row, [run])
            else:
                paragraph[:] = [*paragraph.findall(f"{W}pPr"), run]


def _unwrap(document: Element) -> None:
    """Put the words of frames that mammoth passes over where the frames stood."""
    for name in WRAPPERS:
        for row in list(document.iter(f"{W}{name}")):
            if str(getattr(row.getparent(), "tag", "")).endswith("Pr"):
                continue
            content = row.find(f"{W}sdtContent")
            inside = row if content is None else content
            _replace(row, [child for child in inside if _local(child) not in PROPERTIES])


def _drop_looks(document: Element) -> None:
    """Drop what says only how words look, of which mammoth makes nothing."""
    for properties in document.iter(f"{W}rPr"):
        properties[:] = [row for row in properties if row.tag in SAYS_MORE]
    for row in list(document.iter(f"{W}proofErr", f"{W}lastRenderedPageBreak")):
        _replace(row, [])


def _local(element: Element) -> str:
    return lxml.etree.QName(element).localname


def _place_text_boxes(document: Element) -> None:
    """Put the paragraphs of a text box behind the one in which it hangs."""
    for row in list(document.iter(f"{W}txbxContent")):
        host = next(row.iterancestors(f"{W}p"), None)
        if host is None:
            continue
        after = host
        for child in [child for child in row if child.tag in BLOCKS]:
            after.addnext(child)
            after = child
        _replace(row, [])


def take_out(document: Element, styles: Styles) -> Iterator[Gone]:
    """Take out what is hidden or struck out, each passage with its words."""
    for row in list(document.iter(f"{W}tr")):
        hidden = row.find(f"{W}trPr/{W}hidden")
        if hidden is not None and value_of(hidden) not in ("0", "false"):
            yield Gone(Why.HIDDEN, words_in(row).replace("\n", " "))
            _replace(row, [])
    for paragraph in document.iter(f"{W}p"):
        yield from _take_from(paragraph, styles)


def _take_from(paragraph: Element, styles: Styles) -> Iterator[Gone]:
    """Take out the runs of a paragraph that do not come, neighbours as one passage."""
    why, passage, seam = None, "", Seam[Element]()
    for run in list(paragraph.iter(f"{W}r")):
        if next(run.iterancestors(f"{W}p"), None) is not paragraph:
            continue
        found = _why(run, paragraph, styles)
        words = "".join(map(_text, run.iter(*WORDS)))
        if why and (found != why) and words:
            yield from _passage(why, passage)
            why, passage = None, ""
        if found:
            why, passage = found, passage + words
            _empty(run)
        if found == Why.STRUCK:
            seam.strike(words, run)
        elif not found and (place := seam.go_on(words)) is not None:
            place.extend(run_of(" ", place))  # its text alone
    if why:
        yield from _passage(why, passage)


def _passage(why: Why, words: str) -> Iterator[Gone]:
    if words.strip():
        yield Gone(why, " ".join(words.split()))


def _text(element: Element) -> str:
    return (element.text or "") if element.tag in (f"{W}t", f"{W}delText") else " "


def _why(run: Element, paragraph: Element, styles: Styles) -> Why | None:
    if any(styles.has(run, paragraph, mark) for mark in HIDDEN) or _is_unseen(run, styles):
        return Why.HIDDEN
    if any(styles.has(run, paragraph, mark) for mark in STRUCK):
        return Why.STRUCK
    return None


def _is_unseen(run: Element, styles: Styles) -> bool:
    """Is it white on white, or too small to be seen? Where there is a frame, it may be dark."""
    look = run.find(f"{W}rPr")
    if look is None:
        return False
    size = value_of(look.find(f"{W}sz"))
    if size.isdecimal() and int(size) <= SMALLEST:
        return True
    if value_of(look.find(f"{W}color")).upper() != "FFFFFF":
        return False
    frames = run.iterancestors(f"{W}tbl", f"{W}txbxContent")
    return next(frames, None) is None and not _has_ground(run, styles)


def _has_ground(run: Element, styles: Styles) -> bool:
    """Is there a colour behind it: its own, its paragraph's, or the page's?"""
    paragraph = next(run.iterancestors(f"{W}p"), None)
    marks = [run.find(f"{W}rPr/{W}shd"), run.find(f"{W}rPr/{W}highlight")]
    if paragraph is not None:
        style = styles.style_of(paragraph)
        marks += [paragraph.find(f"{W}pPr/{W}shd"), styles.found(style, f"{W}pPr/{W}shd")]
    marks.append(run.getroottree().getroot().find(f"{W}background"))
    return any(mark is not None for mark in marks)


def _empty(run: Element) -> None:
    """Take the words from a run; what opens and closes a field stays."""
    for child in list(run):
        if _local(child) not in ("rPr", "fldChar", "instrText", "commentReference"):
            run.remove(child)

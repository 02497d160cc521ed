"""Charts, diagrams, drawings and embedded objects: none of them comes, so its words are named.

Words of a drawing are its text that is no text box's, and what it says for people who cannot see
it. Pictures come along, with these words.
"""

from collections.abc import Iterable, Iterator, Mapping

import lxml.etree

from policy_drafts.desk.readers.named import Group, Named, counted, named
from policy_drafts.desk.readers.word_file import Text, WordFile
from policy_drafts.desk.readers.word_package import Element, Package, W, parsed, relations

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
CX = "{http://schemas.microsoft.com/office/drawing/2014/chartex}"
DGM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
OFFICE = "{urn:schemas-microsoft-com:office:office}"
REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
VML = "{urn:schemas-microsoft-com:vml}"
PIC = "{http://schemas.openxmlformats.org/drawingml/2006/picture}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
FRAMES = (f"{W}drawing", f"{W}pict", f"{W}object")
BOX = f"{W}txbxContent"
PARTS = {f"{C}chart": f"{REL}id", f"{CX}chart": f"{REL}id", f"{DGM}relIds": f"{REL}dm"}
PICTURES = (f"{A}blip", f"{VML}imagedata")
SAID = ("descr", "title", "alt", "string")  # attributes for people who cannot see it, and WordArt
NAMES = {
    "chart": ("chart", "charts"),
    "relIds": ("diagram", "diagrams"),
    "object": ("embedded object", "embedded objects"),
    "drawing": ("drawing", "drawings"),
    "missing": (
        "picture that is not in the file itself",
        "pictures that are not in the file itself",
    ),
}
ARTICLES = {"object": "An"}


def name(file: WordFile) -> list[Named]:
    """What each part's drawings say that does not come along; pictures get their words."""
    bare: list[str] = []
    found: dict[str, Named] = {}
    for text in file.texts:
        for kind, words in _in_text(text, file.package):
            if words:
                said = f"{ARTICLES.get(kind, 'A')} {NAMES[kind][0]}: “{words}”"
                found[said] = named(Group.WORDS, said)
            elif kind != "drawing":
                bare.append(kind)
    rest = {kind: counted(bare.count(kind), NAMES[kind]) for kind in NAMES if kind in bare}
    return [*found.values(), *(named(Group.REST, said) for said in rest.values())]


def _in_text(text: Text, package: Package) -> Iterator[tuple[str, str]]:
    """(kind, words) of each drawing of a part that is more than a picture or a text box."""
    targets = {row.key: row.target for row in relations(package, text.name)}
    for frame in list(text.tree.iter(*FRAMES)):
        own = list(_own(frame))
        if _take_out_missing(own, targets):
            yield "missing", _joined(_words(own))
            continue
        _part_group(frame, own)
        kind = _kind(frame, own)
        if kind == "picture":
            _say_at_picture(own)
        else:
            inside = _parts_of(own, targets, package)
            yield kind, _joined([*_words(own), *inside])


def _own(element: Element) -> Iterator[Element]:
    """All that a drawing holds, but for the text boxes in it."""
    for child in element:
        if child.tag != BOX:
            yield child
            yield from _own(child)


def _take_out_missing(own: list[Element], targets: Mapping[str, str]) -> bool:
    """Take out pictures that only stand in another place, or nowhere; were there any?"""
    rows = [row for row in own if row.tag in PICTURES]
    keys = {row: row.get(f"{REL}embed") or row.get(f"{REL}id") or "" for row in rows}
    missing = [row for row, key in keys.items() if key not in targets]
    for row in missing:
        parent = row.getparent()
        if parent is not None:
            parent.remove(row)
    return bool(missing)


def _part_group(frame: Element, own: list[Element]) -> None:
    """Put each picture of a group behind it, in a drawing of its own."""
    inside = [row for row in own if row.tag == f"{PIC}pic"]
    if frame.tag != f"{W}drawing" or len(inside) < 2:
        return
    for picture in inside:
        said = next(picture.iter(f"{PIC}cNvPr"), None)
        words = "" if said is None else _joined(said.get(key) or "" for key in SAID)
        alone = frame.makeelement(f"{W}drawing", {})
        inline = lxml.etree.SubElement(alone, f"{WP}inline")
        lxml.etree.SubElement(inline, f"{WP}docPr", {"descr": words})
        graphic = lxml.etree.SubElement(inline, f"{A}graphic")
        lxml.etree.SubElement(graphic, f"{A}graphicData").append(picture)
        frame.addnext(alone)


def _kind(frame: Element, own: list[Element]) -> str:
    if frame.tag == f"{W}object":
        return "object"
    part = next((row for row in own if row.tag in PARTS), None)
    if part is not None:
        return lxml.etree.QName(part).localname
    pictures = [row for row in own if row.tag in PICTURES]
    has_boxes = next(frame.iter(BOX), None) is not None
    return "picture" if len(pictures) == 1 and not has_boxes else "drawing"


def _words(own: list[Element]) -> Iterator[str]:
    for row in own:
        if row.tag == f"{A}t":
            yield row.text or ""
        yield from (row.get(key) or "" for key in SAID)


def _parts_of(own: list[Element], targets: Mapping[str, str], package: Package) -> Iterator[str]:
    """The words of a chart or a diagram, which stand in a part of their own."""
    for row in own:
        name = targets.get(row.get(PARTS[str(row.tag)]) or "") if row.tag in PARTS else None
        if name:
            yield from _strings(parsed(package[name]))


def _strings(tree: Element) -> Iterator[str]:
    """Titles, series and categories, but no figures."""
    for row in tree.iter(f"{A}t", f"{C}v", f"{CX}pt", f"{CX}v"):
        words = row.text or ""
        if any(sign.isalpha() for sign in words):
            yield words


def _joined(words: Iterable[str]) -> str:
    lines = (" ".join(row.split()) for row in words)
    return " … ".join(dict.fromkeys(filter(None, lines)))


def _say_at_picture(own: list[Element]) -> None:
    """Put all that is said of a picture where it is looked for."""
    words = _joined(_words(own))
    for row in own:
        if row.tag == f"{WP}docPr":
            row.set("descr", words)
        elif row.tag == f"{VML}imagedata":
            row.set(f"{OFFICE}title", words)

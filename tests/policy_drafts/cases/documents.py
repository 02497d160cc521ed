"""Word files that are made up of every construct of the cases, each word in them once."""

from io import BytesIO
from itertools import count
from zipfile import ZipFile

from hypothesis import strategies as st

from tests.policy_drafts.cases.texts import make

STRUCK, HIDDEN = "<w:strike/>", "<w:vanish/>"
RUBY = "<w:r><w:ruby><w:rt>{}</w:rt><w:rubyBase>{}</w:rubyBase></w:ruby></w:r>"
BOX = (
    "<w:r><mc:AlternateContent><mc:Choice Requires='wps'><w:drawing><wps:txbx><w:txbxContent>{0}"
    "</w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>"
    "<w:txbxContent>{0}</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
)
PICTURE = "<wp:docPr id='1' name='x' descr='{}'/>"
DRAWING = f"<w:r><w:drawing><wp:inline>{PICTURE}</wp:inline></w:drawing></w:r>"
LIST = (
    "<w:r><w:fldChar w:fldCharType='begin'><w:ffData><w:ddList><w:result w:val='0'/>"
    "<w:listEntry w:val='{}'/></w:ddList></w:ffData></w:fldChar></w:r>"
    "<w:r><w:fldChar w:fldCharType='end'/></w:r>"
)
FORMULA = (
    "<m:oMath xmlns:m='http://schemas.openxmlformats.org/officeDocument/2006/math'><m:r>"
    "<m:t>{}</m:t></m:r></m:oMath>"
)
BOX_AT = "<w:sdt><w:sdtPr/><w:sdtContent>{}</w:sdtContent></w:sdt>"
INLINE = {  # name: how words stand in a paragraph
    "plain": lambda word: make.run(word),
    "bold": lambda word: make.run(word, "<w:b/>"),
    "struck": lambda word: make.run(word, STRUCK),
    "hidden": lambda word: make.run(word, HIDDEN),
    "shown": lambda word: make.run(word, '<w:vanish w:val="0"/>'),
    "raised": lambda word: make.run(word, '<w:vertAlign w:val="superscript"/>'),
    "inserted": lambda word: make.put_in(make.run(word)),
    "deleted": lambda word: make.taken_out(word),
    "dir": lambda word: f'<w:dir w:val="rtl">{make.run(word)}</w:dir>',
    "bdo": lambda word: f'<w:bdo w:val="ltr">{make.run(word)}</w:bdo>',
    "field": lambda word: f'<w:fldSimple w:instr=" X ">{make.run(word)}</w:fldSimple>',
    "tag": lambda word: f"<w:smartTag>{make.run(word)}</w:smartTag>",
    "control": lambda word: BOX_AT.format(make.run(word)),
    "ruby": lambda word: RUBY.format(make.run(f"{word}small"), make.run(word)),
    "box": lambda word: BOX.format(make.line(word)),
    "link": lambda word: f'<w:hyperlink w:anchor="x">{make.run(word)}</w:hyperlink>',
    "drawing": DRAWING.format,
    "list": LIST.format,
    "formula": FORMULA.format,
    "formula put in": lambda word: make.put_in(FORMULA.format(word)),
    "line": lambda word: f"{make.run('x')}<w:r><w:cr/></w:r>{make.run(word)}",
    "break": lambda word: f"<w:r><w:br/></w:r>{make.run(word)}",
}
KINDS = {  # name: what holds the pieces
    "paragraph": lambda inside: make.para(inside),
    "put in": lambda inside: make.para(inside, marks=make.mark("ins")),
    "taken out": lambda inside: make.para(inside, marks=make.mark("del")),
    "heading": lambda inside: make.para(inside, marks='<w:pStyle w:val="Heading1"/>'),
    "smaller heading": lambda inside: make.para(inside, marks='<w:pStyle w:val="Heading2"/>'),
    "title": lambda inside: make.para(inside, marks='<w:pStyle w:val="Title"/>'),
    "list": lambda inside: make.item(inside),
    "letters": lambda inside: make.item(inside, number=2),
    "legal": lambda inside: make.item(inside, number=5, level=1),
    "cell": lambda inside: make.table(make.row(make.para(inside))),
    "row put in": lambda inside: make.table(
        make.row(make.line("")), make.row(make.para(inside), tracked="ins")
    ),
    "control": lambda inside: BOX_AT.format(make.para(inside)),
    "custom": lambda inside: f"<w:customXml>{make.para(inside)}</w:customXml>",
}
PARTS = {  # name: (the part, what it holds, what speaks of it in the text)
    "footnote": ("footnotes", "footnote", "<w:r><w:footnoteReference w:id='{}'/></w:r>"),
    "endnote": ("endnotes", "endnote", "<w:r><w:endnoteReference w:id='{}'/></w:r>"),
    "footnote of nothing": ("footnotes", "footnote", ""),
    "comment": ("comments", "comment", "<w:r><w:commentReference w:id='{}'/></w:r>"),
    "header": ("header", "", ""),
    "footer": ("footer", "", ""),
}
paragraph = st.tuples(
    st.sampled_from(sorted([*KINDS, *PARTS])),
    st.lists(st.sampled_from(sorted(INLINE)), min_size=1, max_size=4),
)


def _words():
    return (f"word{number}" for number in count())


def document(paragraphs):
    """The bytes of a file with these paragraphs: (kind, kinds of the pieces in it)."""
    words = _words()
    body, parts = "", dict.fromkeys((part for part, _, _ in PARTS.values()), "")
    for number, (kind, pieces) in enumerate(paragraphs):
        inside = "".join(INLINE[piece](next(words)) + make.run(" ") for piece in pieces)
        if kind in KINDS:
            body += KINDS[kind](inside)
            continue
        part, owner, reference = PARTS[kind]
        held = make.para(inside)
        parts[part] += f'<w:{owner} w:id="{number}">{held}</w:{owner}>' if owner else held
        body += make.para(make.run("here"), reference.format(number))
    return packed(body + make.END, parts)


def packed(body, parts):
    """The bytes of a file with a text and, by their kinds, what its other parts hold."""
    made = make.document(body, comments=parts["comments"], footnotes=parts["footnotes"])
    tags = {"endnotes": "endnotes", "header": "hdr", "footer": "ftr"}
    for kind, tag in tags.items():
        made[f"word/{kind}.xml"] = make.part(tag, parts[kind])
    known = [("styles", "styles"), ("numbering", "numbering")]
    rows = [*known, *((kind, kind) for kind in parts)]
    made["word/_rels/document.xml.rels"] = make.relations(
        (f"rId{place}", kind, f"{name}.xml") for place, (name, kind) in enumerate(rows)
    )
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        for name, data in made.items():
            archive.writestr(name, data)
    return out.getvalue()


def words_of_document(paragraphs):
    """Every word that was written into it."""
    words = _words()
    found = {"Leaving", "Say", "goodbye"}  # of the end
    for _, pieces in paragraphs:
        for piece in pieces:
            word = next(words)
            found |= {word, f"{word}small"} if piece == "ruby" else {word}
    return found

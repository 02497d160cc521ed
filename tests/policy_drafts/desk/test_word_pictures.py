"""Pictures, charts and diagrams of a Word file: they come along, or are named with their words."""

from io import BytesIO
from zipfile import ZipFile

import docx
import pytest
from PIL import Image

from collective.errors import RuleError
from policy_drafts.desk import readers
from tests.policy_drafts.cases.texts import make

A = "http://schemas.openxmlformats.org/drawingml/2006"
PICTURE = "word/media/image1.png"
CHART = (
    f'<c:chartSpace xmlns:c="{A}/chart" xmlns:a="{A}/main"><c:chart><c:title><a:t>Visits</a:t>'
    "</c:title><c:cat><c:v>May</c:v><c:v>4.5</c:v></c:cat></c:chart></c:chartSpace>"
)
DIAGRAM = f'<d:dataModel xmlns:d="{A}/diagram" xmlns:a="{A}/main"><a:t>Ring</a:t></d:dataModel>'
OBJECT = "<w:r><w:object><v:shape alt='A sheet'/></w:object></w:r>"


def picture(kind="PNG"):
    out = BytesIO()
    Image.new("RGB", (4, 4), "green").save(out, kind)
    return out.getvalue()


def with_picture(change=lambda parts: None, alt="A green door"):
    """A Word file with a picture, its parts {name: bytes} changed."""
    document = docx.Document()
    document.add_heading("Doors", 1)
    shape = document.add_paragraph("Ring.").add_run().add_picture(BytesIO(picture()))
    shape._inline.docPr.set("descr", alt)
    out = BytesIO()
    document.save(out)
    with ZipFile(out) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    return zipped(parts)


def zipped(parts):
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def replaced(content):
    return lambda parts: parts.update({PICTURE: content})


def words(found):
    return " ".join(row["words"] for row in found.named)


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP", "TIFF"])
def test_picture_comes_with_its_words(kind):
    found = readers.read("x.docx", with_picture(replaced(picture(kind))))

    assert [row["alt"] for row in found.pictures] == ["A green door"]
    assert '<img alt="A green door" src="/policies/' in found.sections[0].html


@pytest.mark.parametrize("content", [b"\x01\x00\x00\x00 EMF", b"", b"<svg/>"])
def test_picture_that_nobody_could_see_here_is_named_with_its_words(content):
    found = readers.read("x.docx", with_picture(replaced(content)))

    assert (found.pictures, "<img" in found.sections[0].html) == ([], False)
    assert "A picture of a kind that no browser shows: “A green door”" in words(found)


def test_picture_that_is_not_in_the_file_is_named_and_the_rest_is_read():
    found = readers.read("x.docx", with_picture(lambda parts: parts.pop(PICTURE)))

    assert found.sections[0].html == "<p>Ring.</p>"
    assert "A picture that is not in the file itself: “A green door”" in words(found)


def in_text(inside, **parts):
    """A Word file with a run that shows another part: {what it is: its XML}."""
    made = make.document(make.heading("Doors"), make.para(make.run("Ring."), inside))
    made |= {f"word/{kind}.xml": xml.encode() for kind, xml in parts.items()}
    rels = "".join(
        f'<Relationship Id="{kind}" Type="{make.OFFICE}/{kind}" Target="{kind}.xml"/>'
        for kind in parts
    )
    name = "word/_rels/document.xml.rels"
    made[name] = made[name].replace(b"</Relationships>", f"{rels}</Relationships>".encode())
    return zipped(made)


def drawing(inside):
    return f"<w:r><w:drawing><wp:inline>{inside}</wp:inline></w:drawing></w:r>"


def test_words_of_a_chart_are_named_without_its_figures():
    shown = drawing(f'<c:chart xmlns:c="{A}/chart" r:id="chart"/>')

    assert "A chart: “Visits … May”" in words(readers.read("x.docx", in_text(shown, chart=CHART)))


def test_words_of_a_diagram_are_named():
    shown = drawing(f'<d:relIds xmlns:d="{A}/diagram" r:dm="diagramData"/>')
    found = readers.read("x.docx", in_text(shown, diagramData=DIAGRAM))

    assert "A diagram: “Ring”" in words(found)


def test_embedded_object_is_named_with_its_words():
    found = readers.read("x.docx", in_text(OBJECT))

    assert "An embedded object: “A sheet”" in words(found)


def test_word_file_of_the_strict_kind_is_read():
    def strict(parts):
        for name in parts:
            if name.endswith((".xml", ".rels")):
                usual, other = b"schemas.openxmlformats.org", b"purl.oclc.org/ooxml"
                for kind in (b"wordprocessingml", b"officeDocument", b"drawingml"):
                    now = b"/" + kind + b"/2006/"
                    parts[name] = parts[name].replace(usual + now, other + b"/" + kind + b"/")

    found = readers.read("x.docx", with_picture(strict))

    assert (found.sections[0].title, len(found.pictures)) == ("Doors", 1)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("a.doc", "old Word file"),
        ("a.odt", "OpenDocument"),
        ("a.rtf", "RTF"),
        ("a.pdf", "PDF"),
        ("a.docm", "programs"),
        ("a.exe", "Please use a Word file"),
    ],
)
def test_file_of_another_kind_is_refused_in_its_own_sentence(name, why):
    with pytest.raises(RuleError, match=why):
        readers.check(name, b"x")


@pytest.mark.parametrize(("inside", "why"), [("<w:p/>", "paragraphs"), ("<w:tc/>", "table cells")])
def test_word_file_with_too_much_says_of_what(inside, why):
    with pytest.raises(RuleError, match=f"20,000 {why}"):
        readers.read("x.docx", zipped(make.document(inside * 20_001)))

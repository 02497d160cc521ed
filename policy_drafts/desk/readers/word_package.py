"""The files inside a Word file (.docx, a zip), unpacked without harm."""

import zipfile
from io import BytesIO

import lxml.etree
from lxml.etree import _Element as Element  # lxml names it so; there is no public name

from collective.errors import RuleError

MOST_PARTS, MOST_UNPACKED = 3000, 150 * 1024 * 1024
DOCUMENT = "word/document.xml"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
UNREADABLE = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    NotImplementedError,
    RuntimeError,
    OSError,
    EOFError,
    ValueError,
)

Package = dict[str, bytes]  # {name of a file in it: what it holds}


def unpacked(content: bytes) -> Package:
    """The files inside; a zip bomb is refused before it is unpacked, a lying one while it is.

    Raises RuleError for what is no Word file, is broken, unpacks to too much, or holds entities.
    """
    broken = RuleError(
        "We cannot read this file as a Word document (.docx). Please save it anew in Word, and "
        "try again."
    )
    try:
        package = _unzipped(content)
    except RuleError:
        raise
    except UNREADABLE:
        raise broken from None
    except Exception as error:  # whatever zipfile meets in a file from elsewhere
        raise broken from error
    if DOCUMENT not in package:
        raise broken
    if any(_has_entities(data) for name, data in package.items() if is_xml(name)):
        raise RuleError(
            "This file holds something that no Word document needs, so we do not read it."
        )
    return package


def _unzipped(content: bytes) -> Package:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        rows = archive.infolist()
        if len(rows) > MOST_PARTS or sum(row.file_size for row in rows) > MOST_UNPACKED:
            raise RuleError(
                "This file unpacks to more than we can read. Please make it smaller first."
            )
        return {row.filename: archive.read(row) for row in rows if not row.is_dir()}


def _has_entities(data: bytes) -> bool:
    return b"<!DOCTYPE" in data[:4096] or b"<!ENTITY" in data


def packed(package: Package) -> BytesIO:
    """The files as one zip again."""
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in package.items():
            archive.writestr(name, data)
    out.seek(0)
    return out


def is_xml(name: str) -> bool:
    """Is this the name of an XML file?"""
    return name.endswith((".xml", ".rels"))


def parsed(data: bytes) -> Element:
    """The tree of an XML file. Raises RuleError for what is damaged."""
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        return lxml.etree.fromstring(data, parser)
    except lxml.etree.XMLSyntaxError:
        raise RuleError(
            "This Word document is damaged. Please save it anew in Word, and try again."
        ) from None

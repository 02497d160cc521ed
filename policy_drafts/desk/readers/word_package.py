"""The files inside a Word file (.docx, a zip), unpacked without harm."""

import posixpath
import re
import zipfile
from dataclasses import dataclass
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

OLD_CONTAINER = bytes.fromhex("D0CF11E0A1B11AE1")  # of Office before 2007, and of what is encrypted
RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(\w+)/")

Package = dict[str, bytes]  # {name of a file in it: what it holds}


def unpacked(content: bytes) -> Package:
    """The files inside; a zip bomb is refused before it is unpacked, a lying one while it is.

    Raises RuleError for what is no Word file, is broken, unpacks to too much, or holds entities.
    """
    _check_container(content)
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
    if any(_has_entities(data) for name, data in package.items() if is_xml(name)):
        raise RuleError(
            "This file holds something that no Word document needs, so we do not read it."
        )
    if main_part(package) not in package:
        raise broken
    return package


def _check_container(content: bytes) -> None:
    """Raises RuleError for the container of old Office files: it says why we cannot read it."""
    if not content.startswith(OLD_CONTAINER):
        return
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise RuleError(
            "This file has a password. Please save it without one in Word (File, Info, Protect "
            "Document), and bring that in."
        )
    if "WordDocument".encode("utf-16-le") in content:
        raise RuleError(
            "This is an old Word file (.doc). Please open it in Word, save it as .docx, and bring "
            "that in."
        )
    raise RuleError(
        "This is an old Office file, and no Word document (.docx). Please save it anew."
    )


def main_part(package: Package) -> str:
    """The name of the part that holds the text: a file may call it otherwise."""
    return related(package, "", "officeDocument") or DOCUMENT


@dataclass(frozen=True)
class Relation:
    """What another part is to a part: its "styles", for instance."""

    key: str
    kind: str
    target: str


def relations(package: Package, name: str) -> list[Relation]:
    """What other parts of the package are to a part; "" is the package itself."""
    folder, base = posixpath.split(name)
    rows = package.get(posixpath.join(folder, "_rels", f"{base}.rels"))
    found = []
    for row in [] if rows is None else parsed(rows).iter(RELATION):
        target = posixpath.join(f"/{folder}", row.get("Target") or "")
        place = posixpath.normpath(target).lstrip("/")
        if place in package:
            kind = posixpath.basename(row.get("Type") or "")
            found.append(Relation(row.get("Id") or "", kind, place))
    return found


def related(package: Package, name: str, kind: str) -> str:
    """The name of the part that is, for instance, the "styles" of another; "" for none."""
    found = (row.target for row in relations(package, name) if row.kind == kind)
    return next(found, "")


def _unzipped(content: bytes) -> Package:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        rows = archive.infolist()
        if len(rows) > MOST_PARTS or sum(row.file_size for row in rows) > MOST_UNPACKED:
            raise RuleError(
                "This file unpacks to more than we can read. Please make it smaller first."
            )
        names = [row.filename for row in rows if not row.is_dir()]
        return {name: _usual(name, archive.read(name)) for name in names}


def _usual(name: str, data: bytes) -> bytes:
    """A part of the strict kind by the names of the usual kind (ECMA-376, parts 1 and 4)."""
    usual = rb"http://schemas.openxmlformats.org/\1/2006/"
    return STRICT.sub(usual, data) if is_xml(name) else data


def _has_entities(data: bytes) -> bool:
    plain = data.replace(b"\0", b"")  # UTF-16 as well
    return b"<!DOCTYPE" in plain[:4096] or b"<!ENTITY" in plain


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
    parser = lxml.etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        return lxml.etree.fromstring(data, parser)
    except lxml.etree.XMLSyntaxError:
        raise RuleError(
            "This Word document is damaged. Please save it anew in Word, and try again."
        ) from None

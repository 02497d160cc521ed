"""The cases of texts that are brought in; `texts/expected.json` says what is right for each."""

import json
from functools import cache
from pathlib import Path

from tests.policy_drafts.cases.texts import make

FOLDER = Path(__file__).parent / "texts"
EXPECTED = json.loads((FOLDER / "expected.json").read_text())


@cache
def content_of(name: str, folder: str) -> bytes:
    """The bytes of a case; the Word files are written into the folder once."""
    if not name.endswith(".docx"):
        return (FOLDER / name).read_bytes()
    file = Path(folder) / name
    if not file.exists():
        make.main(folder)
    return file.read_bytes()

"""The commands of a document: fenced blocks of `sh` are run as they stand, by scripts and tests."""

import re
from pathlib import Path

from dev import servers

RUNNING = servers.ROOT / "docs" / "running-it.md"
SERVERS = servers.ROOT / "docs" / "running-it" / "servers.md"


def commands(heading: str, page: Path = RUNNING) -> list[str]:
    """The lines of the blocks below this heading, in their order."""
    parts = re.split(r"^## ", page.read_text(), flags=re.MULTILINE)
    (part,) = [part for part in parts if part.startswith(f"{heading}\n")]
    blocks = re.findall(r"^```sh\n(.*?)^```$", part, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]

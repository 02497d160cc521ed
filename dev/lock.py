"""`make lock`: writes each requirements*.txt anew from its requirements*.in, with hashes.

Versions stay as they are unless the .in file asks for another; `make lock do=--upgrade` takes the
newest of everything else. The files hold for every platform and Python from 3.11 on.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Each layer may look at those before it (its .in file says so with -c), so the order matters.
LAYERS = ["requirements-uv", "requirements", "requirements-run", "requirements-dev"]
OPTIONS = ["--quiet", "--universal", "--python-version=3.11", "--generate-hashes"]
# Words that only the index or the folder of one machine can have brought in.
PRIVATE = ("://", "--index", "--extra-index", "--find-links", " @ ", "file:")


def compile_layer(layer: str, more: list[str]) -> None:
    """Write one layer's .txt; uv's failure ends this, and its words go to the terminal."""
    uv = Path(sys.executable).parent / "uv"
    files = [f"{layer}.in", f"--output-file={layer}.txt"]
    command = [str(uv), "pip", "compile", *OPTIONS, "--custom-compile-command=make lock"]
    subprocess.run([*command, *files, *more], cwd=ROOT, check=True)


def private_lines(layer: str) -> list[str]:
    """Lines of a layer's .txt that name an address or a folder of the machine that wrote it."""
    lines = (ROOT / f"{layer}.txt").read_text().splitlines()
    return [line for line in lines if any(word in line for word in PRIVATE)]


if __name__ == "__main__":
    for layer in LAYERS:
        compile_layer(layer, sys.argv[1:])
        if found := private_lines(layer):
            sys.exit(f"{layer}.txt names this machine: {found[0]}")

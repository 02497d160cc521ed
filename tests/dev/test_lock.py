"""What is installed is pinned, with hashes, and names nothing of the machine that wrote it down."""

import re

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from dev import lock

PACKAGE = re.compile(r"^[A-Za-z0-9._-]+(\[[a-z,]+\])?==\S+ .*\\$", re.MULTILINE)


@pytest.mark.parametrize("layer", lock.LAYERS)
def test_locked_file_names_no_address_and_no_folder(layer):
    assert lock.private_lines(layer) == []


@pytest.mark.parametrize("layer", lock.LAYERS)
def test_each_package_is_pinned_and_has_a_hash(layer):
    entries = re.split(r"\n(?=\S)", (lock.ROOT / f"{layer}.txt").read_text())
    packages = [entry for entry in entries if not entry.startswith("#")]

    assert packages
    assert [entry for entry in packages if not PACKAGE.match(entry)] == []
    assert [entry for entry in packages if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("layer", lock.LAYERS)
def test_everything_that_was_asked_for_is_locked(layer):
    asked, locked = pins(lock.ROOT / f"{layer}.in"), pins(lock.ROOT / f"{layer}.txt")

    assert asked
    assert {name: locked.get(name) for name in asked} == asked


def pins(path):
    """{the package's name: the version it is pinned to}."""
    lines = [line for line in path.read_text().splitlines() if line[0].isalnum()]
    found = [Requirement(line.removesuffix("\\")) for line in lines]
    return {
        canonicalize_name(row.name): Version(str(row.specifier).removeprefix("==")) for row in found
    }

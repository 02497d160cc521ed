"""What the units of systemd say, for tests that start what they start."""

import configparser
import shlex

from dev import servers

FOLDER = servers.ROOT / "deploy" / "systemd"
NAMES = sorted(path.name for path in FOLDER.glob("*.service"))


def service(name):
    """The section [Service] of a unit."""
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str
    parser.read(FOLDER / name)
    return parser["Service"]


def command(name, current):
    """The command that starts a role, where `current` stands for /opt/collective/current."""
    line = service(name)["ExecStart"]
    return shlex.split(line.replace("/opt/collective/current", str(current)))

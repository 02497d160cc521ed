"""What is on or off in the environment: settings, web server and `make run` read it in one way."""

import os
from collections.abc import Mapping

ON, OFF = {"1", "true", "yes", "on"}, {"", "0", "false", "no", "off"}


def is_on(name: str, *, default: bool = False, env: Mapping[str, str] = os.environ) -> bool:
    """Is this variable on? Raises ValueError, with its name, for what says neither yes nor no."""
    if name not in env:
        return default
    value = env[name].strip().lower()
    if value not in ON | OFF:
        raise ValueError(f"{name} must be 1 or 0 (or true, false, yes, no, on, off): {value!r}")
    return value in ON

"""What no server may start with, and switches that say yes or no."""

import os
import subprocess
import sys

import pytest

from collective import switches
from collective.safety import start
from dev import servers

SECRET, KEYS = "s" * 50, ["a:key"]
SITE = "https://example.org"


@pytest.mark.parametrize(
    ("secret", "keys", "site", "names"),
    [
        (SECRET, KEYS, SITE, []),
        (SECRET, KEYS, "http://localhost:8000", []),
        (SECRET, KEYS, "http://[::1]:8000", []),
        ("s" * 49, KEYS, SITE, ["SECRET_KEY"]),
        ("", KEYS, SITE, ["SECRET_KEY"]),
        (SECRET, KEYS, "http://example.org", ["SITE_URL"]),
        (SECRET, KEYS, "http://localhost.example.org", ["SITE_URL"]),
        (SECRET, KEYS, "ftp://localhost", ["SITE_URL"]),
    ],
)
def test_what_cannot_stay_is_refused_by_name(secret, keys, site, names):
    assert [words.split()[0] for words in start.refusals(secret, keys, site)] == names


def test_keys_of_development_are_refused():
    found = servers.DEVELOPMENT
    keys = ["mine:key", found["FIELD_KEYS"]]

    words = list(start.refusals(found["SECRET_KEY"], keys, SITE))

    assert [row.split()[0] for row in words] == ["SECRET_KEY", "FIELD_KEYS"]


def start_with(*command, **env):
    return subprocess.run(
        [sys.executable, *command],
        env={**os.environ, **env},
        cwd=servers.ROOT,
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.parametrize(
    "command",
    [
        ["-m", "gunicorn", "--check-config", "collective.wsgi"],
        ["-m", "celery", "-A", "collective", "report"],
        ["manage.py", "check"],
    ],
)
def test_server_worker_and_commands_do_not_start_with_the_keys_of_development(command):
    done = start_with(*command, DEBUG="0", SECRET_KEY=servers.DEVELOPMENT["SECRET_KEY"])

    assert done.returncode != 0
    assert "SECRET_KEY is the one of development" in done.stderr + done.stdout


@pytest.mark.parametrize("value", ["0", "false", "no", "off", "", "False", "OFF"])
def test_switch_that_says_no_is_off(value):
    assert not switches.is_on("DEBUG", default=True, env={"DEBUG": value})


@pytest.mark.parametrize("value", ["1", "true", "yes", "on", "True"])
def test_switch_that_says_yes_is_on(value):
    assert switches.is_on("DEBUG", env={"DEBUG": value})


def test_switch_that_says_neither_is_named():
    with pytest.raises(ValueError, match="DEBUG must be 1 or 0"):
        switches.is_on("DEBUG", env={"DEBUG": "ja"})


@pytest.mark.parametrize("value", ["0", "false", "no", "off", ""])
def test_web_server_does_not_reload_without_debug(value):
    code = "import runpy; print(runpy.run_path('gunicorn.conf.py')['reload'])"

    assert start_with("-c", code, DEBUG=value).stdout.strip() == "False"

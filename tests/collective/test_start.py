"""What no server may start with, and switches that say yes or no."""

import os
import subprocess
import sys

import pytest

from collective import switches
from collective.safety import start
from dev import servers

KEY = "Zm9yLXRlc3RzLTAxMjM0NTY3ODktMDEyMzQ1Njc4OTA="
GOOD = {
    "SECRET_KEY": "s" * 50,
    "FIELD_KEYS": f"2026:{KEY}",
    "SITE_URL": "https://example.org",
    "DATABASE_URL": "postgresql://user:p%40ss@localhost:5432/collective",
    "REDIS_URL": "redis://localhost:6379/0",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.org:587",
    "FROM_EMAIL": "hello@example.org",
}
TAKEN = [
    {},
    {"SITE_URL": "https://example.org/"},
    {"SITE_URL": "http://localhost:8000"},
    {"SITE_URL": "http://[::1]:8000"},
    {"SITE_URL": "https://xn--bcher-kva.example"},
    {"FIELD_KEYS": f"new:{KEY}, old-1:{KEY}"},
    {"DATABASE_URL": "postgresql:///collective?host=/run/postgresql"},
    {"DATABASE_URL": "host=/run/postgresql dbname=collective"},
    {"REDIS_URL": "redis://"},
    {"REDIS_URL": "rediss://:secret@broker.example:6380/3"},
    {"REDIS_URL": "redis+socket:///run/redis/redis.sock"},
    {"EMAIL_URL": "smtp://localhost"},
    {"EMAIL_URL": "consolemail://"},
    {"FROM_EMAIL": "Collective <hello@example.org>"},
    {"TRUSTED_PROXIES": "1", "PORT": "", "WORKERS": "4", "LOG_LEVEL": "INFO"},
]
REFUSED = [
    ("SECRET_KEY", ["", "s" * 49, "$" + "s" * 60, servers.DEVELOPMENT["SECRET_KEY"]]),
    ("SITE_URL", ["", "example.org", "http://example.org", "http://localhost.example.org"]),
    ("SITE_URL", ["ftp://localhost", "https://", "https://example.org/collective"]),
    ("SITE_URL", ["https://example.org?x=1", "https://me@example.org", "https://bücher.example"]),
    ("SITE_URL", ["https://example.org:port", "https://exa mple.org", "https://example.org:99999"]),
    ("FIELD_KEYS", ["", ",", KEY, f":{KEY}", "a:", "a:key", f"a:{KEY[:-4]}", f"a b:{KEY}"]),
    ("FIELD_KEYS", [f"a:{KEY},a:{KEY}", f"a:{KEY},b", servers.DEVELOPMENT["FIELD_KEYS"]]),
    ("DATABASE_URL", ["", "mysql://localhost/x", "postgresql://", "postgresql://u@h:port/x"]),
    ("DATABASE_URL", ["postgresql://user:p@ss/word@host/x", "localhost"]),
    ("REDIS_URL", ["", "localhost:6379", "http://localhost", "redis://host:port", "redis://h/one"]),
    ("EMAIL_URL", ["", "smtp://", "mail.example.org", "smtp://user:pa/ss@mail.example.org"]),
    ("EMAIL_URL", ["smtp+tls://mail.example.org:submission", "imap://mail.example.org"]),
    (
        "BOUNCES_URL",
        ["imap://user:x@mail.example.org", "imaps://mail.example.org", "imaps://user@h"],
    ),
    ("FROM_EMAIL", ["", "hello", "@example.org", "hello@"]),
    ("TRUSTED_PROXIES", ["-1", "one", "11", "1.5"]),
    ("PORT", ["0", "65536", "http"]),
    ("WORKERS", ["0"]),
    ("WEB_WORKERS", ["two"]),
    ("WEB_THREADS", ["-2"]),
    ("BACKUP_DAYS", ["0", "a month"]),
    ("LOG_LEVEL", ["LOUD"]),
]


def names(env, **more):
    """The names of the variables that are refused."""
    return [words.split()[0].rstrip(":") for words in start.refusals(env, **more)]


@pytest.mark.parametrize("changes", TAKEN)
def test_what_can_be_right_is_taken(changes):
    assert names({**GOOD, **changes}) == []


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in REFUSED for value in values]
)
def test_what_cannot_stay_is_refused_by_name(name, value):
    assert names({**GOOD, name: value}) == [name]


def test_all_that_cannot_stay_is_named_at_once():
    assert names({}) == list(GOOD)


@pytest.mark.parametrize(("name", "values"), REFUSED)
def test_no_sentence_quotes_a_value(name, values):
    secret = "swordfish"
    env = {**GOOD, "EMAIL_URL": f"x://{secret}", "FIELD_KEYS": f"a:{secret}"}
    env |= {"DATABASE_URL": f"x://a:{secret}@b", "SECRET_KEY": secret, name: values[0] + secret}

    assert secret not in " ".join(start.refusals(env))


def test_demonstration_takes_the_keys_that_everybody_knows():
    env = {**GOOD, **servers.DEVELOPMENT, "SITE_URL": "http://10.0.0.5:8000"}

    assert names(env, debug=True) == []
    assert names(env) == ["SECRET_KEY", "FIELD_KEYS", "SITE_URL"]


def test_number_that_is_refused_is_as_if_it_was_not_set():
    assert [start.number("PORT", {"PORT": text}) for text in ("", "x", "8123")] == [
        8000,
        8000,
        8123,
    ]


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
        ["manage.py", "check", "--deploy"],
    ],
)
def test_server_worker_and_commands_do_not_start_and_name_all_that_cannot_stay(command):
    wrong = {"SECRET_KEY": servers.DEVELOPMENT["SECRET_KEY"], "FIELD_KEYS": "x", "PORT": "y"}
    done = start_with(*command, DEBUG="0", **wrong)

    said = done.stderr + done.stdout
    assert done.returncode != 0
    assert [name for name in wrong if f"\n{name}" not in said] == []


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

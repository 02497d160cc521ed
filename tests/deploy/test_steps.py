"""The steps of the installer, each run by bash with folders of its own."""

import os
import subprocess

import pytest

from deploy import settings
from dev import servers

NAMES = "name=collective home={0}/home env={0}/env data=/var/lib/collective first={0}/first"
BACKUPS = "backups=/var/backups/collective"
FAILS = "[ $1 != reload ]"


def steps(folder, *lines, systemctl="true"):
    """Run these lines after the steps, with this in the place of systemd."""
    fake = folder / "systemctl"
    fake.write_text(f"#!/bin/sh\n{systemctl}\n")
    fake.chmod(0o755)
    script = "\n".join([". deploy/steps.sh", NAMES.format(folder), BACKUPS, *lines])
    env = {"PATH": f"{folder}:{os.environ['PATH']}"}
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=servers.ROOT,
        env=env,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize(
    ("unit", "to", "paths"),
    [
        ("web", "/srv/sets", "/var/lib/collective -/srv/media"),
        (
            "backup",
            "/srv/sets",
            "/var/lib/collective /var/backups/collective -/srv/media -/srv/sets",
        ),
        ("backup", "s3://a/b", "/var/lib/collective /var/backups/collective -/srv/media"),
    ],
)
def test_units_may_write_where_the_settings_say(tmp_path, unit, to, paths):
    lines = ["PORT=8000", "SITE_URL=https://a.example", "MEDIA_ROOT=/srv/media", f"BACKUP_TO={to}"]
    (tmp_path / "env").write_text("\n".join(lines))

    said = steps(tmp_path, f"named deploy/systemd/collective-{unit}.service").stdout

    assert f"\nReadWritePaths={paths}\n" in said


def test_settings_that_somebody_brought_get_what_they_lack(tmp_path):
    (tmp_path / "env").write_text("PORT=8123\nSECRET_KEY=theirs")
    steps(tmp_path, "add_settings", "add_settings")

    assert (tmp_path / "env").read_text().split() == [
        *("PORT=8123", "SECRET_KEY=theirs"),
        *("BACKUP_TO=/var/backups/collective", "ALIVE=/var/lib/collective"),
    ]


def test_version_before_is_current_again_where_the_new_one_does_not_start(tmp_path):
    (tmp_path / "home").mkdir()
    switch = ["before=/opt/old", "lead_to /opt/new", "start_or_renew"]

    done = steps(tmp_path, *switch, systemctl=FAILS)

    assert done.returncode == 2 and "the version before goes on" in done.stderr
    assert os.readlink(tmp_path / "home" / "current") == "/opt/old"


def test_new_version_is_current_where_it_starts_after_a_try_that_was_killed(tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "current.part").symlink_to("/opt/half")

    steps(tmp_path, "before=/opt/old", "lead_to /opt/new", "start_or_renew")

    assert os.readlink(tmp_path / "home" / "current") == "/opt/new"


def test_whoever_is_first_is_noted_until_they_are_invited(tmp_path):
    name = "Jo O'Neil $(boom) \\"
    asked = f"STAFF_EMAIL=jo@example.org STAFF_NAME={quoted(name)}"
    said = "role() { printf '%s\\n' \"$@\"; }"

    done = steps(tmp_path, asked, "remember_first", "unset STAFF_NAME", said, "invite_first")

    assert done.stdout.splitlines()[2:5] == ["jo@example.org", "--name", name]
    assert not (tmp_path / "first").exists()


def quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"


@pytest.mark.parametrize(
    ("server", "user", "scheme"),
    [
        ("mail.example", "jo", "smtp+tls"),
        ("mail.example:465", "jo", "smtp+ssl"),
        ("mail.example:2525", "jo", "smtp+tls"),
        ("127.0.0.1:25", "", "smtp"),
    ],
)
def test_password_goes_to_no_mail_server_in_clear(server, user, scheme):
    assert settings.mail_url(server, user, "p").startswith(f"{scheme}://")

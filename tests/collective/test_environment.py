"""One place reads the environment, and `.env` reaches every way of starting."""

import os
import re
import shutil
import subprocess
import sys

from dev import servers

ENV = """
SECRET_KEY=of-a-test
REDIS_URL=redis://broker.example:6380/3
HOST=0.0.0.0
PORT=8123
WEB_WORKERS=3
WEB_THREADS=4
WORKERS=5
ACCESS_LOG=-
"""
ASK = """
import runpy
from collective.celery import app
web = runpy.run_path("gunicorn.conf.py")
role = runpy.run_path("bin/role")
print(app.conf.broker_url, web["bind"], web["workers"], web["threads"], web["accesslog"])
print(role["ROLES"]["worker"][-1], role["LOOKED_AT"] >= role["ROLES"].keys() - {"beat"})
"""
OURS = {"collective", "events", "payments", "policy_drafts", "portal", "bin"}


def installed_in(folder):
    """So much of the project that it can be asked how it would start, with nothing but `.env`."""
    for name in ("collective", "portal", "bin"):
        shutil.copytree(servers.ROOT / name, folder / name)
    shutil.copy(servers.ROOT / "gunicorn.conf.py", folder)
    (folder / ".env").write_text(ENV)


def test_web_server_worker_and_broker_come_from_the_file(tmp_path):
    installed_in(tmp_path)

    done = subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout.split() == [
        *("redis://broker.example:6380/3", "0.0.0.0:8123", "3", "4", "-"),
        *("5", "True"),
    ]


def test_nothing_else_reads_the_environment():
    readers = {
        str(path.relative_to(servers.ROOT))
        for name in OURS
        for path in (servers.ROOT / name).rglob("*")
        if path.suffix in {".py", ""} and path.is_file()
        if re.search(r"os\.environ|getenv", path.read_text())
    }

    assert readers == {"collective/environment.py", "collective/switches.py"}


def test_two_installations_share_a_broker_and_no_task(tmp_path):
    installed_in(tmp_path)
    code = "from collective.celery import app; print(app.conf.broker_transport_options)"
    prefixes = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], "SECRET_KEY": secret},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for secret in ("one", "another")
    }

    assert len(prefixes) == 2

"""A newer web server takes the older one's place while people ask, shown with the real one."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.error

import pytest

from dev import servers
from tests import processes

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
EVERY = 0.05  # seconds: twenty requests a second


@pytest.fixture
def installed(tmp_path):
    """A folder `current` that leads to this version, and the environment of its processes."""
    (tmp_path / "current").symlink_to(servers.ROOT)
    port = str(servers.free_port())
    address = f"http://localhost:{port}"
    env = processes.environment(1, PORT=port, SITE_URL=address, WEB_WORKERS="2")
    return tmp_path / "current", env


@pytest.fixture
def web(installed):
    """The number of a web server that answers."""
    current, env = installed
    command = [sys.executable, str(current / "bin" / "role"), "web"]
    running = subprocess.Popen(command, env=env, start_new_session=True)
    threading.Thread(target=running.wait, daemon=True).start()  # whoever is gone is gone
    client = processes.Client(env["SITE_URL"])
    while not client.answers():
        assert running.returncode is None
    yield running
    os.killpg(running.pid, signal.SIGKILL)


class Visitor(threading.Thread):
    """Asks for a page twenty times a second, and remembers what went wrong."""

    def __init__(self, address):
        super().__init__()
        self.client, self.failures, self.asked = processes.Client(address), [], 0
        self.over = threading.Event()

    def run(self):
        while not self.over.wait(EVERY):
            self.asked += 1
            try:
                self.client.get("/health/live")
            except (urllib.error.URLError, OSError) as error:
                self.failures.append(repr(error))

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.join()


def renew(installed, pid):
    command, env = [sys.executable, "bin/role", "renew", str(pid)], installed[1]
    return subprocess.run(command, env=env, capture_output=True, text=True, cwd=servers.ROOT)


def test_newer_server_takes_over_and_nobody_notices(installed, web):
    with Visitor(installed[1]["SITE_URL"]) as visitor:
        done = renew(installed, web.pid)
        time.sleep(0.5)

    assert (done.returncode, done.stderr, visitor.failures) == (0, "", [])
    assert web.returncode == 0
    assert visitor.asked > 20


def test_newer_server_that_does_not_start_leaves_the_old_one_at_work(installed, web, tmp_path):
    broken = tmp_path / "broken" / "bin"
    broken.mkdir(parents=True)
    shutil.copy(servers.ROOT / "bin" / "role", broken)  # without the rest it cannot start

    installed[0].unlink()
    installed[0].symlink_to(broken.parent)
    with Visitor(installed[1]["SITE_URL"]) as visitor:
        done = renew(installed, web.pid)

    assert (visitor.failures, web.returncode) == ([], None)
    assert "the old one goes on" in done.stderr

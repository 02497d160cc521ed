"""Upgrade a version that was started by hand, while twenty requests a second come in.

    python -m dev.try_upgrade main /tmp/try/main           both run beside each other
    python -m dev.try_upgrade 44e3d30 /tmp/try/first PAUSE  the older one stops first; visitors wait

The older version gets its own demonstration and its own packages. A real Caddy stands before both,
and is pointed from one to the other, as docs/upgrading.md says. Ends with 1 where a request failed
or a message came twice.
"""

import asyncio
import contextlib
import os
import subprocess
import sys
import time
import urllib.request
from collections import Counter
from pathlib import Path

from dev import servers, visitors
from dev.try_install import mails

LONGEST = 900  # seconds
PATIENCE = 200  # seconds: with a pause, visitors wait for the migrations
CADDY = """{
	admin 127.0.0.1:%s
	auto_https off
}
http://:%s {
	reverse_proxy 127.0.0.1:%s {
		lb_try_duration 180s
	}
}
"""
CELERY = "-m celery -A collective"
OLD = {
    "web": "-m gunicorn collective.wsgi",
    "worker": f"{CELERY} worker --loglevel WARNING --concurrency 2",
    "beat": f"{CELERY} beat --loglevel WARNING --schedule beat-schedule",
}
NEW = {"web": "bin/role web", "worker": "bin/role worker", "beat": "bin/role beat"}


def checked_out(revision: str, folder: Path) -> Path:
    """The older version, with its own packages."""
    code = folder / "code"
    if not code.exists():
        subprocess.run(
            ["git", "worktree", "add", "-q", "--detach", str(code), revision], check=True
        )
        uv = str(Path(sys.executable).parent / "uv")
        subprocess.run([uv, "venv", "-q", str(code / ".venv")], check=True)
        install = [uv, "pip", "install", "-q", "-p", str(code / ".venv/bin/python")]
        subprocess.run([*install, "-r", str(code / "requirements.txt")], check=True)
    return code


class Running:
    """The processes of one version."""

    def __init__(self, code: Path, python: str, roles: dict[str, str], env: dict[str, str]) -> None:
        self.code, self.python, self.roles, self.env = code, python, roles, env
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def manage(self, *command: str, **more: str) -> None:
        env = {**self.env, **more}
        subprocess.run([self.python, "manage.py", *command], cwd=self.code, env=env, check=True)

    def start(self) -> None:
        for role, command in self.roles.items():
            self.processes[role] = subprocess.Popen(
                [self.python, *command.split()], cwd=self.code, env=self.env
            )

    def wait(self) -> None:
        address = f"http://127.0.0.1:{self.env['PORT']}/health/live"
        asked = urllib.request.Request(address, headers={"Host": "localhost"})
        while True:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(asked, timeout=5).close()
                return
            time.sleep(0.2)

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(150)


class Proxy:
    """A Caddy that passes on to one port, or another."""

    def __init__(self, folder: Path) -> None:
        self.file, self.port, self.admin = (
            folder / "Caddyfile",
            servers.free_port(),
            servers.free_port(),
        )
        self.process: subprocess.Popen[bytes] | None = None

    def point_at(self, port: str) -> None:
        self.file.write_text(CADDY % (self.admin, self.port, port))
        if self.process is None:
            command = ["caddy", "run", "--config", str(self.file), "--adapter", "caddyfile"]
            self.process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
            time.sleep(2)  # until it listens
        else:
            told = ["--config", str(self.file), "--address", f"127.0.0.1:{self.admin}"]
            command = ["caddy", "reload", "--adapter", "caddyfile", *told]
            subprocess.run(command, check=True, stderr=subprocess.DEVNULL)


async def upgrade(old: Running, new: Running, proxy: Proxy, pause: bool) -> visitors.Seen:
    """The steps of docs/upgrading.md, under load."""
    there = f"http://127.0.0.1:{proxy.port}"
    over = asyncio.Event()
    visit = visitors.visit(there, "http://localhost", LONGEST, PATIENCE, over)
    asking = asyncio.create_task(visit)
    await asyncio.sleep(10)
    if pause:
        await asyncio.to_thread(old.stop)
    for step in (lambda: new.manage("prepare"), new.start, new.wait):
        began = time.monotonic()
        await asyncio.to_thread(step)
        print(f"{time.monotonic() - began:.1f} s", flush=True)
    await asyncio.to_thread(proxy.point_at, new.env["PORT"])
    await asyncio.to_thread(old.stop)
    await asyncio.sleep(10)
    over.set()
    return await asking


def main(revision: str, place: str, pause: str = "") -> None:
    folder = Path(place)
    folder.mkdir(parents=True, exist_ok=True)
    code, mail = checked_out(revision, folder), servers.free_port()
    common = {
        **{name: value for name, value in os.environ.items() if not name.startswith("COLLECTIVE")},
        **servers.WITHOUT_DEBUG,
        "DATABASE_URL": servers.start_postgres(folder / "postgres"),
        "REDIS_URL": servers.start_valkey(),
        "EMAIL_URL": f"smtp://127.0.0.1:{mail}",
        "SITE_URL": "http://localhost",
        "MEDIA_ROOT": str(folder / "media"),
        "STATIC_ROOT": str(folder / "static"),
        "DJANGO_SETTINGS_MODULE": "collective.settings",
        "WEB_WORKERS": "2",
    }
    caught = str(folder / "mail")
    catcher = subprocess.Popen(
        [sys.executable, "-m", "dev.mail_catcher", caught],
        env={**os.environ, "MAIL_PORT": str(mail)},
    )
    ports = [{"PORT": str(servers.free_port())} for _ in range(2)]
    old = Running(code, str(code / ".venv/bin/python"), OLD, {**common, **ports[0]})
    new_env = {**common, **ports[0 if pause else 1], "STATIC_ROOT": str(folder / "static2")}
    new = Running(servers.ROOT, sys.executable, NEW, new_env)
    old.manage("migrate", "--verbosity", "0")
    old.manage("createcachetable")
    with contextlib.suppress(subprocess.CalledProcessError):  # the first version had none
        old.manage("sync_roles")
    old.manage("load_demo", DEBUG="1")
    for version in (old, new):
        version.manage("collectstatic", "--no-input", "--verbosity", "0")
    old.start()
    old.wait()
    proxy = Proxy(folder)
    proxy.point_at(old.env["PORT"])
    seen = asyncio.run(upgrade(old, new, proxy, bool(pause)))
    new.manage("check_invariants")
    told = mails(Path(caught))
    new.stop()
    for process in (catcher, proxy.process):
        assert process is not None
        process.terminate()
    doubled = [key for key, number in Counter(told).items() if number > 1]
    print(f"{revision}: {seen.asked} requests, {len(seen.failures)} failed {seen.failures[:8]}")
    print(f"{seen.again} kept connections had been closed, and were opened again")
    print(f"the slowest took {seen.slowest:.1f} s; {len(told)} mails, {len(doubled)} twice")
    sys.exit(bool(seen.failures or doubled))


if __name__ == "__main__":
    main(*sys.argv[1:])

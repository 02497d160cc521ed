"""Try the documented install and upgrade on a bare Debian: the very lines of docs/running-it.md.

    python -m dev.try_install bookworm /tmp/try/bookworm [install logs upgrade two leave]

As root, on a machine with debootstrap. Makes a Debian in the folder (or takes the one that is
there), boots it with its own systemd beside this system, runs the lines one after the other, asks
for pages through Caddy, upgrades while twenty requests a second come in, adds a second community,
and leaves. Prints minutes, commands and failures, and ends with 1 where there are any.
"""

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from email import message_from_bytes
from pathlib import Path

from dev import documented, servers, visitors

SITE = "https://community.localhost"  # for such a name Caddy makes a certificate by itself
LONGEST = 1200  # seconds for an upgrade
PLANTED = "key-planted-for-the-log"
# What a server from any provider has, and debootstrap's smallest Debian has not.
USUAL = "systemd systemd-sysv dbus ca-certificates procps curl"
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"


class Try:
    """A Debian in a folder, what was run in it, and what failed."""

    def __init__(self, suite: str, folder: Path) -> None:
        self.suite, self.folder = suite, folder
        self.commands: list[tuple[str, float, int]] = []
        self.failures: list[str] = []
        self.first = 0

    def make(self) -> None:
        """The smallest Debian of this suite, and what a provider's server has besides."""
        if not (self.folder / "usr").exists():
            here("debootstrap", "--variant=minbase", self.suite, str(self.folder))
        shutil.copy("/etc/resolv.conf", self.folder / "etc")
        (self.folder / "etc/hosts").write_text("127.0.0.1 localhost\n")
        install = "apt-get update -qq && apt-get install -y -qq --no-install-recommends"
        quiet = "DEBIAN_FRONTEND=noninteractive"
        here("chroot", str(self.folder), "sh", "-c", f"{quiet} {install} {USUAL} >/dev/null")
        shutil.copy(CERTIFICATES, self.folder / "etc/ssl/certs")  # those of this machine count

    def boot(self) -> subprocess.Popen[bytes]:
        """Start its systemd, and wait until it is up."""
        spaces = ["--pid", "--mount", "--uts", "--ipc", "--cgroup", "--fork", "--kill-child"]
        script = str(servers.ROOT / "dev" / "userland.sh")
        with (self.folder.parent / f"{self.suite}.boot.log").open("wb") as log:
            command = ["unshare", *spaces, script, str(self.folder)]
            running = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        children = Path(f"/proc/{running.pid}/task/{running.pid}/children")
        until = time.monotonic() + 60
        while time.monotonic() < until:
            self.first = int((children.read_text().split() or ["0"])[0])
            if self.first and b"systemd" in Path(f"/proc/{self.first}/cmdline").read_bytes()[:40]:
                break
            time.sleep(0.2)
        self.inside("systemctl is-system-running --wait >/dev/null; true")
        return running

    def inside(self, line: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a line as root inside."""
        env = {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root",
            "PIP_CERT": CERTIFICATES,
            "SSL_CERT_FILE": CERTIFICATES,
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GIT_CONFIG_VALUE_0": "*",
            **more,
        }
        command = ["nsenter", "-t", str(self.first), "-a", "env", "-i"]
        command += [f"{name}={value}" for name, value in env.items()]
        return subprocess.run(
            [*command, "bash", "-c", f"cd /; {line}"], capture_output=True, text=True
        )

    def run(self, line: str, **more: str) -> None:
        """Run a line of the document, and remember how long it took and how it ended."""
        began = time.monotonic()
        done = self.inside(line, **more)
        self.commands.append((line, time.monotonic() - began, done.returncode))
        print(f"{self.commands[-1][1]:6.1f} s  {done.returncode}  {line}", flush=True)
        if done.returncode:
            self.failures.append(f"{line}\n{(done.stdout + done.stderr)[-2000:]}")

    def hold(self, what: str, is_so: bool) -> None:
        print(f"{'ok' if is_so else 'NO':>8}     {what}", flush=True)
        if not is_so:
            self.failures.append(what)


def here(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def publish(folder: Path) -> None:
    """What `git clone` finds inside: what is committed here."""
    source = folder / "mnt" / "source.git"
    shutil.rmtree(source, ignore_errors=True)
    here("git", "clone", "-q", "--bare", str(servers.ROOT), str(source))


def commit_something(folder: Path) -> None:
    """A newer version than the one that is installed."""
    source, work = folder / "mnt" / "source.git", folder.parent / "work"
    shutil.rmtree(work, ignore_errors=True)
    here("git", "clone", "-q", str(source), str(work))
    who = ["-c", "user.name=Try", "-c", "user.email=try@example.org"]
    here("git", "-C", str(work), *who, "commit", "-q", "--allow-empty", "-m", "A newer version")
    here("git", "-C", str(work), "push", "-q")


def mails(folder: Path) -> list[tuple[str, str]]:
    """To whom each mail went, and its number."""
    found = [message_from_bytes(path.read_bytes()) for path in folder.glob("*.eml")]
    return [(mail["X-RcptTo"], mail["Message-ID"]) for mail in found]


def wait_for(what: object, seconds: float = 90) -> bool:
    """Does it become so?"""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if what():  # type: ignore[operator]
            return True
        time.sleep(1)
    return False


def answer(trial: Try, path: str) -> str:
    there = f"--resolve community.localhost:443:127.0.0.1 {SITE}{path}"
    return trial.inside(f"curl -sk -o /dev/null -w '%{{http_code}}' {there}").stdout


def no_key_in_logs(trial: Try) -> None:
    """Links with keys are asked for, with the web server there and away; no log has one."""
    links = [
        f"/me/?key={PLANTED}",
        f"/follows/6f1c9f1e-0000-4000-8000-{'5' * 12}/stop/?key={PLANTED}",
    ]
    for _ in range(2):
        for link in links:
            answer(trial, link)
        trial.inside("systemctl stop collective-web")
    trial.inside("systemctl start collective-web; sleep 1")
    found = trial.inside(
        f"grep -rlE '{PLANTED}|6f1c9f1e-0000' /var/log/caddy /var/log/nginx /var/log/redis;"
        f"journalctl --no-pager | grep {PLANTED}"  # our own lines have ids of pages, and no key
    ).stdout
    lines = trial.inside("cat /var/log/caddy/collective.log | wc -l").stdout.strip()
    trial.hold(
        f"no key in any log ({lines} lines of Caddy's) {found[:300]}", not found and lines != "0"
    )


def install(trial: Try, told: dict[str, str], folder: Path) -> None:
    for line in documented.commands("Install"):
        trial.run(line, **told)
    trial.hold("/health/ready by HTTPS", wait_for(lambda: answer(trial, "/health/ready") == "200"))

    def is_invited() -> bool:
        return [to for to, _ in mails(folder)] == [told["STAFF_EMAIL"]]

    trial.hold("the first member of staff is written to", wait_for(is_invited))
    minutes = sum(seconds for _, seconds, _ in trial.commands) / 60
    print(f"{trial.suite}: {minutes:.1f} minutes, {len(trial.commands)} commands")


async def upgrade(trial: Try, folder: Path) -> None:
    """The documented upgrade, under load."""
    commit_something(trial.folder)
    port = trial.inside("sed -n s/^PORT=//p /etc/collective/env").stdout.strip()
    release = trial.inside("readlink /opt/collective/current").stdout
    over = asyncio.Event()
    there = f"http://127.0.0.1:{port}"
    asking = asyncio.create_task(visitors.visit(there, SITE, LONGEST, over=over))
    await asyncio.sleep(5)
    for line in documented.commands("Upgrade"):
        await asyncio.to_thread(trial.run, line)
    await asyncio.sleep(10)
    trial.hold("people asked until it was done", not asking.done())
    over.set()
    seen = await asking
    trial.hold(f"{seen.asked} requests, failed: {seen.failures[:5]}", not seen.failures)
    print(f"             the slowest took {seen.slowest:.1f} s; asked again: {seen.again}")
    trial.hold(
        "the newer version runs", trial.inside("readlink /opt/collective/current").stdout != release
    )

    def have_come() -> bool:
        return set(seen.codes_for) <= {to for to, _ in mails(folder)}

    trial.hold(f"{len(seen.codes_for)} codes came", wait_for(have_come))
    doubled = [key for key, number in Counter(mails(folder)).items() if number > 1]
    trial.hold(f"doubled messages: {len(doubled)}", not doubled)


def two(trial: Try, told: dict[str, str], folder: Path) -> None:
    """A second community, which even shares the broker's database: no task goes astray."""
    north = {
        "ADDRESS": "https://north.localhost",
        "STAFF_EMAIL": "no@example.org",
        "REDIS_URL": "redis://127.0.0.1:6379/0",
    }
    trial.run("/usr/local/src/collective/deploy/install.sh --name north", **{**told, **north})
    trial.hold("the first of the second is written to", wait_for(lambda: came_to("no", folder)))
    trial.run("north healthy")
    trial.inside("systemctl stop collective-beat collective-worker")
    trial.run("collective invite_staff late@example.org --superuser")
    waiting = "for key in $(redis-cli --scan --pattern '*:celery'); do redis-cli llen $key; done"
    left = trial.inside(f"sleep 10; {waiting}").stdout.split()
    trial.hold(f"the other's worker leaves our task alone: {left}", any(int(n) > 0 for n in left))
    trial.inside("systemctl start collective-worker collective-beat")
    trial.hold("our own worker does it", wait_for(lambda: came_to("late", folder)))


def came_to(name: str, folder: Path) -> bool:
    return [to for to, _ in mails(folder)].count(f"{name}@example.org") == 1


def leave(trial: Try) -> None:
    """What docs/running-it/servers.md says about leaving leaves nothing."""
    for line in documented.commands("Leaving", documented.SERVERS):
        trial.run(line)
    left = trial.inside("ls -d /opt/collective /etc/collective /var/lib/collective; id collective")
    trial.hold("nothing is left", left.stdout == "")


def memory(trial: Try) -> None:
    """Print what each role needs, shared pages counted once."""
    for unit in ("collective-web", "collective-worker", "collective-beat", "postgresql@*", "caddy"):
        files = f"$(systemctl show -P ControlGroup '{unit}')/cgroup.procs"
        pids = f"cat /sys/fs/cgroup/*{files} /sys/fs/cgroup{files} 2>/dev/null | sort -u"
        add = "awk '/^Pss:/ {sum += $2} END {print int(sum / 1024)}'"
        sizes = f"for pid in $({pids}); do cat /proc/$pid/smaps_rollup; done 2>/dev/null | {add}"
        print(f"{trial.inside(sizes).stdout.strip():>8} MB  {unit}", flush=True)


def main(suite: str, place: str, *steps: str) -> None:
    folder, caught = Path(place), Path(f"{place}.mail")
    trial = Try(suite, folder)
    trial.make()
    publish(folder)
    shutil.rmtree(caught, ignore_errors=True)
    port = trial_port(folder)
    env = {**os.environ, "MAIL_PORT": port}
    catcher = subprocess.Popen([sys.executable, "-m", "dev.mail_catcher", str(caught)], env=env)
    running = trial.boot()
    told = {
        "COLLECTIVE": "/mnt/source.git",
        "ADDRESS": SITE,
        "MAIL_SERVER": f"127.0.0.1:{port}",
        "FROM_EMAIL": "hello@example.org",
        "STAFF_EMAIL": "jo@example.org",
        "STAFF_NAME": "Jo Bloggs",
    }
    acts = {
        "install": lambda: install(trial, told, caught),
        "memory": lambda: memory(trial),
        "logs": lambda: no_key_in_logs(trial),
        "upgrade": lambda: asyncio.run(upgrade(trial, caught)),
        "two": lambda: two(trial, told, caught),
        "leave": lambda: leave(trial),
    }
    try:
        for step in steps or acts:
            acts[step]()
    finally:
        os.kill(running.pid, signal.SIGKILL)
        catcher.terminate()
    print(f"{suite}: {len(trial.commands)} commands, {len(trial.failures)} failures")
    print("\n".join(trial.failures))
    sys.exit(bool(trial.failures))


def trial_port(folder: Path) -> str:
    """The port of the mail catcher: the one that is in the settings there, or a free one."""
    env = folder / "etc/collective/env"
    known = (
        re.search(r"^EMAIL_URL=smtp://127.0.0.1:(\d+)", env.read_text(), re.M)
        if env.exists()
        else None
    )
    return known[1] if known else str(servers.free_port())


if __name__ == "__main__":
    main(*sys.argv[1:])

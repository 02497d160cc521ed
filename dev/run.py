"""`make run`: everything a newcomer needs, from an empty folder to a page in the browser.

Ctrl-C stops it all.
"""

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

from honcho.manager import Manager

from collective import switches
from dev import servers
from dev.watch import watched

PYTHON = sys.executable
PATIENCE = 60  # seconds until the address is printed although no page has answered


def main() -> int:
    port = wanted_port()
    lock = servers.only_one()
    servers.check_port(port)
    servers.check_disk()
    env = servers.environment(servers.LOCAL, {**addresses(port), **stripe()})
    prepare(env)
    status = run_all(processes(env), env)
    lock.close()
    return status


def wanted_port() -> int:
    try:
        return int(os.environ.get("PORT") or 8000)
    except ValueError:
        servers.stop("PORT must be a number: make run PORT=8000")


def addresses(port: int) -> dict[str, str]:
    """Where the pages are, and where mail goes."""
    mail_port = servers.free_port()
    return {
        "SITE_URL": f"http://localhost:{port}",
        "PORT": str(port),
        "MAIL_PORT": str(mail_port),
        "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
    }


def stripe() -> dict[str, str]:
    """Without a key of Stripe's, a fake one on a free port."""
    if os.environ.get("STRIPE_API_KEY"):
        return {"STRIPE_API_BASE": ""}
    return {
        "STRIPE_API_KEY": "sk_test_fake",
        "STRIPE_WEBHOOK_SECRET": "whsec_fake",
        "STRIPE_FINANCIAL_ACCOUNT": "fa_test",
        "STRIPE_API_BASE": f"http://127.0.0.1:{servers.free_port()}",
    }


def prepare(env: dict[str, str]) -> None:
    """Make the database ready and load the demonstration; a failure ends the start and says why."""
    command = [PYTHON, "-m", "dev.prepare"]
    done = subprocess.run(command, env=env, cwd=servers.ROOT, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        servers.stop(lines[-1] if lines else "`manage.py prepare` gave no reason.")


def processes(env: dict[str, str]) -> dict[str, str]:
    """The commands that run until Ctrl-C, by name."""
    celery = f"nice -n 10 {PYTHON} -W 'ignore:You' -m celery -A collective --quiet"
    without = "--without-gossip --without-mingle"
    commands = {
        "mail": f"{PYTHON} -m dev.mail_catcher {servers.LOCAL / 'mail'}",
        "web": f"{PYTHON} -m gunicorn collective.wsgi",
        "worker": f"{celery} worker --concurrency 2 --loglevel WARNING {without}",
        "beat": f"{celery} beat --loglevel WARNING --scheduler celery.beat.Scheduler",
    }
    return {"stripe": fake_stripe(env), **commands} if env["STRIPE_API_BASE"] else commands


def fake_stripe(env: dict[str, str]) -> str:
    port, remembered = env["STRIPE_API_BASE"].rsplit(":", 1)[1], servers.LOCAL / "stripe.json"
    return f"{PYTHON} -m dev.fake_stripe {port} {remembered} {env['SITE_URL']}"


def run_all(commands: dict[str, str], env: dict[str, str]) -> int:
    """Run the commands side by side until one of them ends or Ctrl-C; returns the exit status."""
    manager = Manager()
    for name, command in commands.items():
        manager.add_process(name, f"exec {command}", env=env, cwd=str(servers.ROOT))
    signal.signal(signal.SIGHUP, stop_as_asked)  # a closed terminal
    threading.Thread(target=announce, args=(env,), daemon=True).start()
    with watched(lambda: manager._terminating):
        manager.loop()
    stopped_by_hand = manager.returncode in {130, 143}
    return 0 if stopped_by_hand else manager.returncode


def stop_as_asked(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def announce(env: dict[str, str]) -> None:
    """Once the first page answers, say where it is."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and not answers(f"{env['SITE_URL']}/health/live"):
        time.sleep(0.1)
    print("\n" + "\n".join(f"  {line}" for line in what_to_know(env)) + "\n", flush=True)


def answers(address: str) -> bool:
    try:
        urllib.request.urlopen(address, timeout=2).close()
    except (urllib.error.URLError, OSError):
        return False
    return True


def what_to_know(env: dict[str, str]) -> list[str]:
    """The lines that a newcomer reads."""
    site, fake = env["SITE_URL"], env["STRIPE_API_BASE"]
    people = [
        "",
        "Sign in as             sam@example.org (a member; any other address makes a newcomer)",
        f"The admin              {site}/admin/  as jo@example.org (a coordinator)",
    ]
    money = "a fake Stripe: no real money moves" if fake else "Stripe, with the key that you gave"
    return [
        f"Collective is running:  {site}/",
        *(people if switches.is_on("DEMO", default=True, env=env) else []),
        f"Who is who, app codes  {site}/dev/",
        f"Mail lands at          {site}/dev/mail/",
        f"Payments               {money}",
        "",
        "Ctrl-C stops everything. Your data stays; `make fresh` empties it.",
    ]


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)

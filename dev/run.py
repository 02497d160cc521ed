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

from dev import servers

PYTHON = sys.executable


def manage(env, *arguments) -> None:
    """Run a management command; its failure ends the start with its own last line."""
    done = subprocess.run(
        [PYTHON, "manage.py", *arguments],
        env=env,
        cwd=servers.ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines()
        servers.stop(
            f"`manage.py {' '.join(arguments)}` failed: {lines[-1] if lines else 'no reason given'}"
        )


def announce(site, env) -> None:
    """Once the first page answers, say where it is."""
    for _ in range(240):
        try:
            urllib.request.urlopen(f"{site}/health/live", timeout=2).close()
            break
        except (urllib.error.URLError, OSError):
            time.sleep(0.25)
    lines = [f"Collective is running:  {site}/"]
    if env.get("DEMO") != "0":
        lines += [
            "",
            "Sign in as             sam@example.org (a member; any other address makes a newcomer)",
            "The admin              " + f"{site}/admin/  as jo@example.org (a coordinator)",
        ]
    lines += [
        f"Who is who, app codes  {site}/dev/",
        f"Mail lands at          {site}/dev/mail/",
        "Payments               "
        + (
            "a fake Stripe: no real money moves"
            if env["STRIPE_API_BASE"]
            else "Stripe, with the key that you gave"
        ),
        "",
        "Ctrl-C stops everything. Your data stays; `make fresh` empties it.",
    ]
    print("\n" + "\n".join(f"  {line}" for line in lines) + "\n", flush=True)


def processes(env):
    celery = f"nice -n 10 {PYTHON} -W 'ignore:You' -m celery -A collective --quiet"
    schedule = servers.LOCAL / "beat-schedule"
    more = {}
    if env["STRIPE_API_BASE"]:
        port = env["STRIPE_API_BASE"].rsplit(":", 1)[1]
        more["stripe"] = (
            f"{PYTHON} -m dev.fake_stripe {port} {servers.LOCAL / 'stripe.json'} {env['SITE_URL']}"
        )
    return {
        **more,
        "mail": f"{PYTHON} -m dev.mail_catcher {servers.LOCAL / 'mail'}",
        "web": f"{PYTHON} -m gunicorn collective.wsgi",
        "worker": f"{celery} worker --concurrency 2 --loglevel WARNING --without-gossip --without-mingle",
        "beat": f"{celery} beat --loglevel WARNING --schedule {schedule}",
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


def main():
    try:
        port = int(os.environ.get("PORT") or 8000)
    except ValueError:
        servers.stop("PORT must be a number: make run PORT=8000")
    lock = servers.only_one()
    servers.check_port(port)
    servers.check_disk()
    site = f"http://localhost:{port}"
    mail_port = str(servers.free_port())
    mail = {"MAIL_PORT": mail_port, "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}"}
    env = servers.environment(servers.LOCAL, SITE_URL=site, PORT=str(port), **mail, **stripe())
    manage(env, "prepare")
    if env.get("DEMO") != "0":
        manage(env, "load_demo")
        manage(env, "load_demo_policy")
    manager = Manager()
    for name, command in processes(env).items():
        manager.add_process(name, f"exec {command}", env=env, cwd=str(servers.ROOT))
    signal.signal(
        signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM)
    )  # a closed terminal
    threading.Thread(target=announce, args=(site, env), daemon=True).start()
    manager.loop()
    lock.close()
    return 0 if manager.returncode in {130, 143} else manager.returncode


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)

"""`make manage do="…"`: a management command in the environment of `make run`."""

import subprocess
import sys

from dev import servers

ADDRESSES = {"SITE_URL": "http://localhost:8000", "EMAIL_URL": "smtp://127.0.0.1:1025"}

if __name__ == "__main__":
    env = servers.environment(servers.LOCAL, ADDRESSES)
    command = [sys.executable, "manage.py", *sys.argv[1:]]
    sys.exit(subprocess.run(command, env=env, cwd=servers.ROOT).returncode)

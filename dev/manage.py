"""`make manage do="…"`: a management command with the environment (and the servers) of `make
run`.
"""

import subprocess
import sys

from dev import servers

if __name__ == "__main__":
    env = servers.environment(
        servers.LOCAL, SITE_URL="http://localhost:8000", EMAIL_URL="smtp://127.0.0.1:1025"
    )
    sys.exit(
        subprocess.run(
            [sys.executable, "manage.py", *sys.argv[1:]], env=env, cwd=servers.ROOT
        ).returncode
    )

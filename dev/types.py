"""`make types`: what every function takes and returns, checked by mypy with django-stubs.

django-stubs reads the settings to know each model's fields, so they get the tests' values.
"""

import os
import sys

from mypy import api

from dev import servers

if __name__ == "__main__":
    unused = {
        "DATABASE_URL": "postgresql:///unused",
        "REDIS_URL": "redis://",
        "EMAIL_URL": "smtp://unused",
    }
    os.environ.update({**servers.WITHOUT_DEBUG, **unused, "SITE_URL": "https://collective.example"})
    found, problems, status = api.run(sys.argv[1:])
    sys.stdout.write(found)
    sys.stderr.write(problems)
    sys.exit(status)

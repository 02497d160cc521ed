"""Django's own checks, in one process: migrations are complete, and production settings pass the
deploy check.
"""

import os

import django
from django.core.management import call_command

from dev import servers

PRODUCTION = {
    "SITE_URL": "https://collective.example",
    "EMAIL_URL": "smtp://localhost",
    "REDIS_URL": "redis://",
    "DJANGO_SETTINGS_MODULE": "collective.settings",
}

if __name__ == "__main__":
    os.environ.update({**servers.WITHOUT_DEBUG, **PRODUCTION})
    if "DATABASE_URL" not in os.environ:
        tests = servers.LOCAL / "tests" / "postgres"
        os.environ["DATABASE_URL"] = servers.start_postgres(tests, durable=False)

    django.setup()
    call_command("check", deploy=True, fail_level="WARNING")
    call_command("makemigrations", check=True, dry_run=True)

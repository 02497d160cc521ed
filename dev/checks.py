"""Django's own checks, in one process: migrations are complete, and production settings pass the
deploy check.
"""

import os

from dev import servers

if __name__ == "__main__":
    production = {
        "DEBUG": "",
        "SITE_URL": "https://collective.example",
        "EMAIL_URL": "smtp://localhost",
        "SECRET_KEY": "a-long-secret-only-for-this-check-" + "0123456789abcdefghijklmnopqrstuvwxyz",
    }
    os.environ.update({**servers.DEVELOPMENT, **production, "REDIS_URL": "redis://"})
    os.environ.setdefault(
        "DATABASE_URL", servers.postgres(servers.LOCAL / "tests" / "postgres", durable=False)
    )
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collective.settings")

    import django
    from django.core.management import call_command

    django.setup()
    call_command("check", deploy=True, fail_level="WARNING")
    call_command("makemigrations", check=True, dry_run=True)

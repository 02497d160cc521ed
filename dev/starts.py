"""Does the product start with this Python, and these packages? Asks no server for anything."""

import os

import django
from django.core.management import call_command

from dev import servers

NOWHERE = {
    "SITE_URL": "https://collective.example",
    "EMAIL_URL": "smtp://localhost",
    "REDIS_URL": "redis://localhost",
    "DATABASE_URL": "postgresql://localhost/none",
    "DJANGO_SETTINGS_MODULE": "collective.settings",
}

if __name__ == "__main__":
    os.environ.update({**servers.WITHOUT_DEBUG, **NOWHERE})
    django.setup()
    call_command("check")  # imports every address, view and model

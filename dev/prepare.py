"""What `make run` does before its processes start: prepare the database, load the demonstration.

One process does all of it, as Django's own start costs more than each of the commands.
"""

import gc
import os
import sys

import django
from django.core.management import call_command

from collective import switches

COMMANDS = ["prepare"]
DEMONSTRATION = ["load_demo", "load_demo_policy"]

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collective.settings")
    gc.set_threshold(50_000, 50, 50)  # migrations make thousands of classes: a quarter less to do
    django.setup()
    for name in COMMANDS + (DEMONSTRATION if switches.is_on("DEMO", default=True) else []):
        try:
            call_command(name)
        except Exception as error:
            reason = str(error).strip().splitlines() or ["no reason given"]
            sys.exit(f"`manage.py {name}` failed: {type(error).__name__}: {reason[-1]}")

#!/usr/bin/env python
import os
import sys

from django.core.management import execute_from_command_line

from collective import environment
from collective.seeing import lines

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "collective.settings")
    if not environment.DEBUG:
        lines.catch_uncaught()
    execute_from_command_line(sys.argv)

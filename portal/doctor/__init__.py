"""Does everything run here? Each check stands once, for `manage.py doctor` and for System status.

`QUICK` ask the database and this machine only, and write nothing: a page may show them. `SLOW` ask
others, or more, or for what keeps every page away. `AT_THE_START` is what the web server and the
workers do not start without.
"""

from portal.doctor import data, machine, others
from portal.doctor.lines import Check, Found, Line, lines

__all__ = ["AT_THE_START", "QUICK", "SLOW", "Check", "Found", "Line", "lines"]

KEYS = Check("Keys", data.keys)
MIGRATIONS = Check("Migrations", data.migrations)
PROXIES = Check("Proxies", machine.proxies)
RESTORED = Check("Restore", data.restored)
AT_THE_START = [RESTORED, Check("Keys", data.keys_that_open), MIGRATIONS, PROXIES]
QUICK = [
    Check("Settings", machine.settings_),
    KEYS,
    Check("Database", data.database),
    MIGRATIONS,
    Check("Sweeps", data.sweeps_in_time),
    Check("Clock", data.clocks),
    Check("Disk", machine.disk),
    PROXIES,
    Check("Uploads", machine.media),
    Check("Static files", machine.static_files),
    Check("Backups", data.backups),
    Check("Trial of a backup", data.proof),
    Check("Stand-in", data.told("worker")),
    Check("Mail is taken", data.told("mail")),
    Check("Mail that waits", data.told("queue")),
    Check("Guesses at codes", data.told("guesses")),
]
SLOW = [
    RESTORED,
    Check("Keys, each kind", data.keys_of_each_kind),
    Check("Writing uploads", machine.media_takes_files),
    Check("Broker", others.broker),
    Check("Worker", others.worker),
    Check("Site", others.site),
    Check("Mail that comes back", others.bounces),
    Check("Stripe", others.stripe),
]

"""A pytest plugin: real PostgreSQL and Valkey for the tests, started before Django reads its
settings.
"""

import os
import tempfile

from dev import servers

# The tests run as production does, but without HTTPS. The servers are started once; xdist's workers
# inherit them.
TESTS = {
    "DEBUG": "",
    "SITE_URL": "http://testserver",
    "EXTRA_HOSTS": "localhost,127.0.0.1",
    "EMAIL_URL": "smtp://127.0.0.1:9",
    "STRIPE_API_KEY": "sk_test_fake",
    "STRIPE_WEBHOOK_SECRET": "whsec_fake",
    "STRIPE_FINANCIAL_ACCOUNT": "fa_test_1",
    "STRIPE_API_BASE": "http://127.0.0.1:9",
    "STATIC_ROOT": str(servers.LOCAL / "tests" / "static"),
    "MEDIA_ROOT": os.path.join(tempfile.gettempdir(), f"collective-tests-{os.getuid()}"),
}
if "COLLECTIVE_TESTING" not in os.environ:
    found = servers.environment(servers.LOCAL / "tests", durable=False)
    addresses = {name: found[name] for name in ("DATABASE_URL", "REDIS_URL")}
    os.environ.update({**servers.DEVELOPMENT, **TESTS, **addresses, "COLLECTIVE_TESTING": "1"})

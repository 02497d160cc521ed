"""The web server: two threads a process, and an access log without query strings (they can hold
link keys).
"""

import atexit
import os
import shutil
import tempfile

from collective import environment
from collective.seeing import lines
from portal import renewing

bind = f"{environment.HOST}:{environment.PORT}"
workers = environment.WEB_WORKERS
threads = environment.WEB_THREADS
worker_class = "portal.server.Worker"
timeout = 60
keepalive = 30
max_requests = 20_000
max_requests_jitter = 2_000
control_socket_disable = True
preload_app = not environment.DEBUG
reload = environment.DEBUG
accesslog = environment.ACCESS_LOG
loglevel = "warning"
logconfig_dict = lines.of_the_web_server(environment.LOG_FORMAT, environment.LOG_LEVEL, accesslog)


def forget_counts(folder, master):
    """The master ends, and nobody reads its counts any more; a worker that ends removes nothing."""
    if os.getpid() == master:
        shutil.rmtree(folder, ignore_errors=True)


# The processes count together, in files of this folder. Another master (an upgrade) has its own.
if os.environ.get("METRICS_OF") != str(os.getpid()):
    folder = tempfile.mkdtemp(prefix="collective-metrics-")
    os.environ.update(METRICS_OF=str(os.getpid()), PROMETHEUS_MULTIPROC_DIR=folder)
    atexit.register(forget_counts, folder, os.getpid())

from collective.seeing import counts  # noqa: E402 it looks for that folder when it is read


def child_exit(server, worker):
    """What this process counted stays, and its files go."""
    counts.fold(worker.pid)


def when_ready(server):
    """Called once, in the master."""
    lines.catch_uncaught()


if not environment.DEBUG:
    on_starting = renewing.be_renewable
pre_fork = renewing.remember_predecessor

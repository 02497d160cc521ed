"""The web server: two threads a process, and an access log without query strings (they can hold
link keys).
"""

import os

from collective import switches

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "2"))
worker_class = "portal.server.Worker"
timeout = 60
keepalive = 30
max_requests = 20_000
max_requests_jitter = 2_000
control_socket_disable = True
preload_app = not switches.is_on("DEBUG")
reload = switches.is_on("DEBUG")
accesslog = os.environ.get("ACCESS_LOG")
loglevel = "warning"

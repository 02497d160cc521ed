"""The web server: two threads a process, and an access log without query strings (they can hold
link keys).
"""

import os

bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "2"))
worker_class = "gthread"
timeout = 60
keepalive = 30
max_requests = 20_000
max_requests_jitter = 2_000
control_socket_disable = True
preload_app = not os.environ.get("DEBUG")
reload = bool(os.environ.get("DEBUG"))
accesslog = os.environ.get("ACCESS_LOG")
access_log_format = "%(m)s %(U)s %(s)s %(M)sms"
loglevel = "warning"

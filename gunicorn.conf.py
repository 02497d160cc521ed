"""The web server: two threads a process, and an access log without query strings (they can hold
link keys).
"""

from collective import environment
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
if not environment.DEBUG:
    on_starting = renewing.be_renewable
pre_fork = renewing.remember_predecessor

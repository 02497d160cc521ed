"""The web server: two threads a process, and an access log without query strings (they can hold
link keys).
"""

from collective import environment

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

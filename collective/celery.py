"""The Celery app: a doorbell for the rows in PostgreSQL, never a memory (docs/how-it-works.md)."""

from logging.config import dictConfig
from typing import Any

from celery import Celery, signals
from django.conf import settings
from kombu import Queue

from collective import environment
from collective.background import alive
from collective.seeing import lines, request_ids

app = Celery("collective")
app.conf.update(
    broker_url=environment.REDIS_URL,
    timezone="UTC",
    enable_utc=True,
    # A worker takes from both unless told otherwise (-Q): money can be given workers of its own.
    task_queues=[Queue("celery"), Queue("payments")],
    task_default_queue="celery",
    task_routes={"payments.*": {"queue": "payments"}},
    task_serializer="json",
    accept_content=["json"],
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_time_limit=120,
    task_soft_time_limit=90,
    worker_prefetch_multiplier=1,
    worker_cancel_long_running_tasks_on_connection_loss=True,
    worker_soft_shutdown_timeout=20,
    worker_enable_soft_shutdown_on_idle=True,
    worker_max_tasks_per_child=1000,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        # Two installations may share a broker, and neither takes the other's tasks.
        "global_keyprefix": f"{environment.INSTALLATION}:",
        "visibility_timeout": 300,
        "unacked_restore_interval": 5,
        "unacked_restore_throttle": 1,
        "socket_timeout": 5,
        "socket_connect_timeout": 3,
        "socket_keepalive": True,
        "health_check_interval": 25,
        "max_retries": 1,
    },
    # A look that nobody took within its interval is worth nothing: the next one sees the same rows.
    beat_schedule={
        "sweep": {"task": "collective.sweep", "schedule": 15.0, "options": {"expires": 15}}
    },
)
app.steps["consumer"].add(alive.Step)
app.autodiscover_tasks()


@signals.setup_logging.connect
def write_lines_as_everywhere(**_: Any) -> None:
    """Celery's own lines look like all others; it sets up none itself where this is connected."""
    dictConfig(settings.LOGGING)
    lines.catch_uncaught()


signals.celeryd_init.connect(write_lines_as_everywhere)  # it warns before it asks for logging
signals.task_prerun.connect(request_ids.begin_task)

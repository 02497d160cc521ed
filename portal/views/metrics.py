"""/metrics: numbers for Prometheus, without anything about anybody.

Counted in the processes of the web server (`collective/seeing/counts.py`), or asked of the
database, by the same few queries however much there is.
"""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Max, Min
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector

import collective
from collective import clock
from collective.background import sweeps
from collective.models import Backup, Message, Problem
from collective.seeing import counts
from payments.models import Payment

HERE = {"127.0.0.1", "::1"}
OF_A_PROXY = (
    "HTTP_X_FORWARDED_FOR",
    "HTTP_X_FORWARDED_PROTO",
    "HTTP_X_FORWARDED_HOST",
    "HTTP_FORWARDED",
    "HTTP_X_REAL_IP",
    "HTTP_VIA",
)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """For this machine itself, and for whoever has METRICS_TOKEN; nobody else learns of it."""
    if not (_has_token(request) or _is_from_here(request)):
        raise Http404
    asked = CollectorRegistry(auto_describe=False)
    asked.register(Asked())
    text = generate_latest(asked) + counts.text()
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


def _has_token(request: HttpRequest) -> bool:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    wanted = settings.METRICS_TOKEN
    return bool(wanted) and scheme == "Bearer" and constant_time_compare(token, wanted)


def _is_from_here(request: HttpRequest) -> bool:
    """From this machine, and not through a proxy on it: that passes on what others ask."""
    proxied = any(name in request.META for name in OF_A_PROXY)
    return request.META.get("REMOTE_ADDR") in HERE and not proxied


class Asked(Collector):
    """What the database is asked, when somebody reads."""

    def collect(self) -> Iterator[Metric]:
        version = GaugeMetricFamily("collective_version", "Which version runs.", labels=["version"])
        version.add_metric([collective.__version__], 1)
        yield version
        yield from _messages()
        late = len(sweeps.late())
        yield GaugeMetricFamily("collective_late_sweeps", "Sweeps that are late.", value=late)
        yield _counted(
            "collective_payments",
            "Payments, by state.",
            "state",
            dict(Payment.objects.values_list("state").annotate(Count("pk")).order_by()),
            Payment.State.values,
        )
        yield from _backups()
        open_now = set(Problem.objects.open().values_list("name", flat=True))
        yield _counted(
            "collective_problems",
            "Problems that staff are told of.",
            "name",
            dict.fromkeys(open_now, 1),
            sorted(open_now),
        )


def _counted(
    name: str, words: str, label: str, numbers: dict[str, int], known: list[str]
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, words, labels=[label])
    for value in known:
        family.add_metric([value], numbers.get(value, 0))
    return family


def _messages() -> Iterator[Metric]:
    now = clock.now()
    due = Message.objects.due(now).aggregate(number=Count("pk"), oldest=Min("due_at"))
    refused = Message.objects.refused(now).aggregate(number=Count("pk"), oldest=Min("refused_at"))
    yield _gauge("collective_messages_due", "Mails that are due and not sent.", due["number"])
    yield _age("collective_queue_age_seconds", "Age of the oldest due mail.", due["oldest"])
    yield _gauge(
        "collective_messages_refused", "Mails refused, to be tried again.", refused["number"]
    )
    yield _age("collective_refused_age_seconds", "Since when mail is refused.", refused["oldest"])
    failed = Message.objects.failed().count()
    yield _gauge("collective_messages_failed", "Mails that came to nobody.", failed)


def _backups() -> Iterator[Metric]:
    rows = Backup.objects.filter(restored_at=None)
    newest = rows.order_by("-taken_at").first()
    taken_at = newest.taken_at if newest else None
    yield _age("collective_backup_age_seconds", "Age of the newest backup.", taken_at)
    proved_at = Backup.objects.aggregate(at=Max("proved_at"))["at"]
    yield _age("collective_backup_proof_age_seconds", "Age of a backup's last proof.", proved_at)


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)


def _age(name: str, words: str, since: datetime | None) -> GaugeMetricFamily:
    """Its age in seconds; 0 where nothing waits, and no value where there never was one."""
    if since is None and "backup" in name:
        return GaugeMetricFamily(name, words)
    age = max(0.0, (clock.now() - since).total_seconds()) if since else 0
    return GaugeMetricFamily(name, words, value=age)

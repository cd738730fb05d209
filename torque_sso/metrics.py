"""`/metrics` for Prometheus: how much work is waiting, what expires soon. No account and no user is named.

The endpoint exists only where METRICS_TOKEN is set, for clients that send it as a bearer token: behind a proxy every
peer is on the loopback, so an address verifies nothing.
"""

import hmac
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector

from accounts.connections.certificates.expiry import KINDS, LEVELS
from accounts.models import Alert
from accounts.models.work import AlertKind
from accounts.unrecorded_refusals import number_since
from accounts.work.state import WorkState, work_state

Samples = Iterable[tuple[Sequence[str], float]]  # label values, value


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not settings.METRICS_TOKEN:
        raise Http404
    expected = f"Bearer {settings.METRICS_TOKEN}"
    if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), expected.encode()):
        return HttpResponse("Unauthorized", status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(generate_latest(DatabaseMetrics()), content_type=CONTENT_TYPE_PLAIN_0_0_4)


class DatabaseMetrics(Collector):
    """Gauges read from the database at each scrape, so that every process answers the same."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield from _expiry()
        yield from _work(work_state(clock_is_needed=False))
        help_text = "Refused messages of the last 24 hours that belonged to no sign-in and were counted, not recorded."
        yield _gauge("refusals_not_recorded", help_text, number_since(timezone.now() - timedelta(hours=24)))


def _expiry() -> Iterator[GaugeMetricFamily]:
    alerts = _open_alerts()
    yield _gauges("alerts_open", "Open alerts.", ["kind"], [((kind,), alerts[kind][0]) for kind in AlertKind])
    ending = [
        ((kind, str(level)), count) for kind in KINDS for level, count in zip(LEVELS, alerts[kind][1], strict=True)
    ]
    help_text = "Certificates, secrets and tokens that expire within so many days, each counted once."
    yield _gauges("ending", help_text, ["kind", "days"], ending)


def _open_alerts() -> dict[str, tuple[int, list[int]]]:
    """By kind: how many, and how many of each of LEVELS, which end the subject (`certificates.expiry`)."""
    levels = {f"level_{level}": Count("pk", filter=Q(subject__endswith=f":{level}")) for level in LEVELS}
    rows: Iterable[Any] = (
        Alert.objects.filter(resolved_at=None).values("kind").annotate(count=Count("pk"), **levels).order_by()
    )
    found = {row["kind"]: (row["count"], [row[name] for name in levels]) for row in rows}
    return {kind: found.get(kind, (0, [0] * len(LEVELS))) for kind in AlertKind}


def _work(state: WorkState) -> Iterator[GaugeMetricFamily]:
    waiting = [((kind,), count) for kind, count in state.waiting.items()]
    yield _gauges("work_waiting", "Deprovisioned users to clean up and groups to sync.", ["kind"], waiting)
    ages = [((kind,), age or 0) for kind, age in state.oldest.items()]
    yield _gauges("work_waiting_seconds", "Age of the oldest waiting work.", ["kind"], ages)
    yield _gauge("work_parked", "Work that was given up after repeated failures.", len(state.parked))
    if state.last_sweep:
        yield _gauge("last_sweep_timestamp_seconds", "Time the last sweep ended.", state.last_sweep.timestamp())


def _gauge(name: str, help_text: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"torque_sso_{name}", help_text, value=value)


def _gauges(name: str, help_text: str, labels: list[str], samples: Samples) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"torque_sso_{name}", help_text, labels=labels)
    for values, value in samples:
        family.add_metric(values, value)
    return family

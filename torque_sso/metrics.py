"""`/metrics` for Prometheus, in its text format: how much waits, what ends soon. No account, no person is named.

There only where METRICS_TOKEN is set, for whoever brings it as a bearer token: behind a proxy every peer is on the
loopback, so an address proves nothing.
"""

import hmac
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.connections.certificates.expiry import KINDS, LEVELS
from accounts.models import Alert
from accounts.models.work import AlertKind
from accounts.unrecorded_refusals import number_since
from accounts.work.state import WorkState, work_state

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Samples = Iterable[tuple[str, float]]  # labels as they are written, value


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    if not settings.METRICS_TOKEN:
        raise Http404
    expected = f"Bearer {settings.METRICS_TOKEN}"
    if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), expected.encode()):
        return HttpResponse("Unauthorized", status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse("".join(_gauges()), content_type=CONTENT_TYPE)


def _gauges() -> Iterator[str]:
    alerts = _open_alerts()
    yield _gauge(
        "alerts_open", "Alerts that are not over.", ((f'kind="{kind}"', alerts[kind][0]) for kind in AlertKind)
    )
    ending = (
        (f'kind="{kind}",days="{level}"', count)
        for kind in KINDS
        for level, count in zip(LEVELS, alerts[kind][1], strict=True)
    )
    yield _gauge("ending", "Certificates, secrets and tokens that end within so many days, each told once.", ending)
    yield from _work(work_state(clock_is_needed=False))
    told = "Refused messages of the last 24 hours that belonged to no sign-in and were counted, not recorded."
    yield _gauge("refusals_not_recorded", told, [("", number_since(timezone.now() - timedelta(hours=24)))])


def _open_alerts() -> dict[str, tuple[int, list[int]]]:
    """By kind: how many, and how many of each of LEVELS, which end the subject (`services.expiry`)."""
    levels = {f"level_{level}": Count("pk", filter=Q(subject__endswith=f":{level}")) for level in LEVELS}
    found: Iterable[Any] = (
        Alert.objects.filter(resolved_at=None).values("kind").annotate(count=Count("pk"), **levels).order_by()
    )
    told = {row["kind"]: (row["count"], [row[name] for name in levels]) for row in found}
    return {kind: told.get(kind, (0, [0] * len(LEVELS))) for kind in AlertKind}


def _work(state: WorkState) -> Iterator[str]:
    waiting = ((f'kind="{kind}"', count) for kind, count in state.waiting.items())
    yield _gauge("work_waiting", "Departures to finish and groups to sync.", waiting)
    ages = ((f'kind="{kind}"', age or 0) for kind, age in state.oldest.items())
    yield _gauge("work_waiting_seconds", "How long the oldest of it has waited.", ages)
    yield _gauge("work_parked", "Work that was given up.", [("", len(state.parked))])
    if state.last_sweep:
        yield _gauge("last_sweep_timestamp_seconds", "When a sweep last ended.", [("", state.last_sweep.timestamp())])


def _gauge(name: str, told: str, samples: Samples) -> str:
    full = f"torque_sso_{name}"
    lines = [f"# HELP {full} {told}", f"# TYPE {full} gauge"]
    lines += [f"{full}{{{labels}}} {value}" if labels else f"{full} {value}" for labels, value in samples]
    return "\n".join(lines) + "\n"

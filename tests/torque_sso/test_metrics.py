"""What Prometheus reads, and who may."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from accounts import alerts
from accounts.connections.certificates.expiry import KINDS, LEVELS
from accounts.models import TaskRun, User
from accounts.models.work import AlertKind
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
TOKEN = "m" * 32


def read(token: str) -> Any:
    return Client().get("/metrics", headers={"Authorization": f"Bearer {token}"})


def test_without_a_token_in_the_settings_there_is_no_such_address() -> None:
    assert read("").status_code == 404


@pytest.mark.parametrize("brought", ["", "wrong", "\N{SNOWMAN}"])
def test_another_token_opens_nothing(settings: Any, brought: str) -> None:
    settings.METRICS_TOKEN = TOKEN
    assert read(brought).status_code == 401


def test_it_counts_what_ends_and_names_nobody(cast: Cast, settings: Any, django_assert_max_num_queries: Any) -> None:
    settings.METRICS_TOKEN = TOKEN
    alerts.raise_alert(cast.acme.pk, AlertKind.TOKEN_EXPIRY, "one:3", "Acme ends.")
    alerts.raise_alert(cast.globex.pk, AlertKind.TOKEN_EXPIRY, "two:30", "Globex ends.")
    with django_assert_max_num_queries(6):
        text = read(TOKEN).content.decode()
    samples = values(text)
    assert samples["torque_sso_alerts_open", "kind=token-expiry"] == 2
    assert samples["torque_sso_ending", "days=3 kind=token-expiry"] == 1
    assert samples["torque_sso_ending", "days=0 kind=token-expiry"] == 0
    assert "Acme" not in text


def test_names_and_labels_are_those_of_the_first_release(cast: Cast, settings: Any) -> None:
    """Dashboards and alert rules of operators use them."""
    settings.METRICS_TOKEN = TOKEN
    ended = timezone.now()
    TaskRun.objects.create(name="sweep", began_at=ended, ended_at=ended)
    User.objects.filter(pk=cast.bob.pk).update(clean_up_due_since=ended - timedelta(minutes=3))
    answer = read(TOKEN)
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    samples = values(answer.content.decode())
    assert {name: labels for name, labels in samples if not labels.startswith(("days=", "kind="))} == {
        "torque_sso_work_parked": "",
        "torque_sso_last_sweep_timestamp_seconds": "",
        "torque_sso_refusals_not_recorded": "",
    }
    assert samples["torque_sso_work_waiting", "kind=departures"] == 1
    assert samples["torque_sso_work_waiting", "kind=group_syncs"] == 0
    assert samples["torque_sso_work_waiting_seconds", "kind=departures"] == pytest.approx(180, abs=30)
    assert samples["torque_sso_last_sweep_timestamp_seconds", ""] == pytest.approx(ended.timestamp())
    assert sum(name == "torque_sso_alerts_open" for name, _ in samples) == len(AlertKind)
    assert sum(name == "torque_sso_ending" for name, _ in samples) == len(KINDS) * len(LEVELS)


def values(text: str) -> dict[tuple[str, str], float]:
    """Name and labels -> value, as Prometheus reads them."""
    return {
        (sample.name, " ".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }

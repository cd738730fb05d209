"""What Prometheus reads, and who may."""

from typing import Any

import pytest
from django.test import Client

from accounts import alerts
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
        told = read(TOKEN).content.decode()
    for line in (
        'torque_sso_alerts_open{kind="token-expiry"} 2',
        'torque_sso_ending{kind="token-expiry",days="3"} 1',
        'torque_sso_ending{kind="token-expiry",days="0"} 0',
        'torque_sso_work_waiting{kind="departures"} 0',
        "torque_sso_refusals_not_recorded 0",
    ):
        assert line in told.splitlines()
    assert "Acme" not in told

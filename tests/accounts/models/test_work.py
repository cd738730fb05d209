"""Querysets of alerts."""

import pytest

from accounts import alerts
from accounts.models import Alert
from accounts.models.work import AlertKind
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def test_an_alert_is_open_until_it_is_resolved(cast: Cast) -> None:
    alerts.raise_alert(cast.acme.pk, AlertKind.METADATA_HELD, "a", "Held.")
    assert Alert.objects.open().count() == 1
    alerts.resolve_alerts(cast.acme.pk, AlertKind.METADATA_HELD, "a")
    assert Alert.objects.open().count() == 0

"""Alerts: one open for each subject, until it is over."""

import pytest

from accounts import alerts
from accounts.models import Alert
from accounts.models.work import AlertKind
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
TOKEN = AlertKind.TOKEN_EXPIRY


def test_a_second_alert_for_the_same_subject_is_none(cast: Cast) -> None:
    assert alerts.raise_alert(cast.acme.pk, TOKEN, "t1", "It ends.")
    assert alerts.raise_alert(cast.acme.pk, TOKEN, "t1", "It still ends.") is None
    assert alerts.raise_alert(cast.acme.pk, TOKEN, "t2", "Another ends.")
    assert [alert.sentence for alert in alerts.open_alerts(cast.acme)] == ["Another ends.", "It ends."]


def test_what_is_over_may_begin_again(cast: Cast) -> None:
    alerts.raise_alert(cast.acme.pk, TOKEN, "t1", "It ends.")
    assert alerts.resolve_alerts(cast.acme.pk, TOKEN, "t1") == 1
    assert alerts.open_alerts(cast.acme) == []
    assert alerts.raise_alert(cast.acme.pk, TOKEN, "t1", "It ends again.")
    assert Alert.objects.count() == 2


def test_all_of_a_kind_are_closed_together_and_no_other(cast: Cast) -> None:
    for kind, subject in ((TOKEN, "t1"), (TOKEN, "t2"), (AlertKind.METADATA_HELD, "c1")):
        alerts.raise_alert(cast.acme.pk, kind, subject, "Look.")
    assert alerts.resolve_alerts(cast.acme.pk, TOKEN) == 2
    assert [alert.subject for alert in alerts.open_alerts(cast.acme)] == ["c1"]


def test_an_account_sees_and_closes_its_own_only(cast: Cast) -> None:
    alerts.raise_alert(cast.globex.pk, TOKEN, "t1", "Globex's token ends.")
    assert alerts.open_alerts(cast.acme) == []
    assert alerts.resolve_alerts(cast.acme.pk, TOKEN) == 0
    assert len(alerts.open_alerts(cast.globex)) == 1

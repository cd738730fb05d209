"""Expiry mail to account admins: once, and not lost while the mail server is down."""

from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage

from accounts import alerts
from accounts.connections.certificates.expiry_mail import send_due
from accounts.models import Alert
from accounts.models.work import AlertKind
from accounts.work import sweep
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _mail_server(settings: Any) -> None:
    settings.EMAIL_HOST = "mail.example"


@pytest.fixture
def alert(cast: Cast) -> Alert:
    raised = alerts.raise_alert(cast.acme.pk, AlertKind.SECRET_EXPIRY, "x:3", "The client secret of 'Entra' ends.")
    assert raised is not None
    return raised


def test_the_admins_of_the_account_are_mailed_once(alert: Alert) -> None:
    assert sweep.sweep().counts["alerts_mailed"] == 1
    assert sweep.sweep().counts["alerts_mailed"] == 0
    (sent,) = mail.outbox
    assert (sent.bcc, sent.to) == (["alice@acme.example"], [])
    assert sent.subject == "Acme: a client secret ends soon"
    assert "The client secret of 'Entra' ends." in sent.body


def test_a_mail_that_was_lost_is_sent_by_a_later_sweep(alert: Alert, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_mail: EmailMessage) -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as patch:
        patch.setattr(EmailMessage, "send", away)
        assert send_due() == 0
    assert Alert.objects.get().mailed_at is None
    assert send_due() == 1
    assert len(mail.outbox) == 1


def test_what_is_over_is_not_mailed(alert: Alert, cast: Cast) -> None:
    alerts.resolve_alerts(cast.acme.pk, AlertKind.SECRET_EXPIRY)
    assert (send_due(), mail.outbox) == (0, [])


def test_other_alerts_are_on_pages_only(cast: Cast) -> None:
    alerts.raise_alert(cast.acme.pk, AlertKind.MASS_DEPARTURE, "", "Many left.")
    assert send_due() == 0


def test_without_a_mail_server_an_alert_waits(alert: Alert, settings: Any) -> None:
    settings.EMAIL_HOST = ""
    assert send_due() == 0
    assert Alert.objects.get().mailed_at is None

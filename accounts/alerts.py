"""What an account admin should look at: raised once, open until it is over."""

from uuid import UUID

import structlog

from accounts.models import Account, Alert
from accounts.models.work import AlertKind

log = structlog.get_logger(__name__)


def raise_alert(account_id: UUID, kind: AlertKind, subject: str, sentence: str) -> Alert | None:
    """Opens an alert; None when one of this kind is open for the subject already, also when two raise it at once."""
    alert = Alert(account_id=account_id, kind=kind, subject=subject, sentence=sentence)
    Alert.objects.bulk_create([alert], ignore_conflicts=True)
    # Which of two won cannot be asked of the insert: the one whose id is there did.
    if not Alert.objects.in_account(account_id).filter(pk=alert.pk).exists():
        return None
    log.warning("Alert raised", account=str(account_id), kind=str(kind), subject=subject, sentence=sentence)
    return alert


def resolve_alerts(account_id: UUID, kind: AlertKind, subject: str | None = None) -> int:
    """Closes the open alerts of a kind, of one subject or of all; gives how many."""
    found = Alert.objects.in_account(account_id).filter(kind=kind)
    return (found if subject is None else found.filter(subject=subject)).resolve()


def open_alerts(account: Account, *kinds: AlertKind) -> list[Alert]:
    """What is not over yet, of these kinds or of all, newest first."""
    found = Alert.objects.in_account(account).open()
    return list((found.filter(kind__in=kinds) if kinds else found).order_by("-raised_at"))

"""Mail account admins about what expires soon: each alert once, by the sweep, until the mail server accepts it.

The alert's row says whether it was mailed. A mail server that is down costs one try a minute.
"""

import smtplib
from uuid import UUID

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone

from accounts.connections.certificates.expiry import KINDS
from accounts.models import Alert
from accounts.rights import account_admins

log = structlog.get_logger(__name__)

AT_ONCE = 20  # in one round: a mail takes up to EMAIL_TIMEOUT
MOST_ADMINS = 50


def send_due() -> int:
    """Mail alerts that were not mailed yet; returns how many. Without a mail server none, and they wait for one."""
    if not settings.EMAIL_HOST:
        return 0
    waiting = Alert.objects.open().filter(kind__in=KINDS, mailed_at=None).order_by("raised_at")
    mailed = 0
    for key in list(waiting.values_list("pk", flat=True)[:AT_ONCE]):
        try:
            mailed += _mail_once(key)
        except (OSError, smtplib.SMTPException) as problem:
            log.warning("An alert could not be mailed: the next sweep tries again", reason=type(problem).__name__)
            break
    return mailed


@transaction.atomic
def _mail_once(key: UUID) -> bool:
    """The row is locked while the mail goes out, so that two sweeps do not both send it."""
    waiting = Alert.objects.open().filter(pk=key, mailed_at=None)
    alert = waiting.select_for_update(of=("self",), skip_locked=True).select_related("account").first()
    if alert is None:
        return False
    admins = account_admins(alert.account_id).order_by("email_key").values_list("email", flat=True)
    if addresses := list(admins[:MOST_ADMINS]):
        name = alert.account.name
        subject = f"{name}: {alert.get_kind_display()} soon".replace("\n", " ")
        body = f"{alert.sentence}\n\n{settings.BASE_URL}/\n\nYou get this as an admin of {name}.\n"
        EmailMessage(subject, body, bcc=addresses).send()  # admins are not shown to each other
    Alert.objects.filter(pk=key).update(mailed_at=timezone.now())
    return True

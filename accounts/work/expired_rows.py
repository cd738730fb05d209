"""Rows that only guard a sign-in under way, or tell of sessions and logins that are long over, go when their time has
come; those of logins a batch at a time."""

from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts import unrecorded_refusals
from accounts.models import Account, ConsumedMessage, LoginRecord, SignedInSession, SignInTransaction

SESSIONS_KEPT = timedelta(days=30)  # after their end, for the person and an admin to see
MESSAGES_KEPT = timedelta(days=14)  # what arrived at a login; the record itself is kept as the account chose
ABANDONED_KEPT = timedelta(days=1)  # sign-ins that were never completed, after their ten minutes
AT_ONCE = 5_000  # records of logins, of one account


def clean() -> dict[str, int]:
    """Deletes expired sign-in transactions, consumed message ids, sessions and logins; gives how many of each."""
    now = timezone.now()
    transactions = remove_sign_ins(now)
    messages, _ = ConsumedMessage.objects.filter(expires_at__lt=now).delete()
    Session.objects.filter(expire_date__lt=now).delete()
    before = now - SESSIONS_KEPT
    sessions, _ = SignedInSession.objects.filter(Q(ended_at__lt=before) | Q(ends_at__lt=before)).delete()
    return {
        "sign_ins_removed": transactions,
        "messages_removed": messages,
        "sessions_removed": sessions,
        "logins_removed": remove_logins(now),
        "login_messages_removed": forget_messages(now),
        "unrecorded_refusals_removed": unrecorded_refusals.clean(now),
    }


def remove_sign_ins(now: datetime) -> int:
    """Deletes sign-ins that are over. An abandoned one stays a day without its secrets: it knows where the person, who
    comes back to the provider's page hours later, wanted to go."""
    over = SignInTransaction.objects.filter(expires_at__lt=now)
    removed, _ = over.filter(Q(consumed_at__isnull=False) | Q(expires_at__lt=now - ABANDONED_KEPT)).delete()
    over.exclude(answer="", code_verifier="").update(answer="", code_verifier="", nonce="")
    return removed


def remove_logins(now: datetime) -> int:
    """Deletes records of logins that are older than their account keeps them, the oldest first."""
    removed = 0
    # One query for each length of time that accounts chose; it looks into the index once for each account.
    for days in Account.objects.order_by().values_list("login_retention_days", flat=True).distinct():
        before = now - timedelta(days=days)
        old = LoginRecord.objects.filter(account=OuterRef("pk"), at__lt=before)
        for account in Account.objects.filter(Exists(old), login_retention_days=days):
            over = LoginRecord.objects.in_account(account).filter(at__lt=before).order_by("at")
            removed += LoginRecord.objects.filter(pk__in=list(over.values_list("pk", flat=True)[:AT_ONCE])).delete()[0]
    return removed


def forget_messages(now: datetime) -> int:
    """Takes message and attributes off older records of logins; how it went stays."""
    kept = LoginRecord.objects.exclude(message="").filter(at__lt=now - MESSAGES_KEPT).order_by("at")
    keys = list(kept.values_list("pk", flat=True)[:AT_ONCE])
    return LoginRecord.objects.filter(pk__in=keys).update(message="", attributes={})

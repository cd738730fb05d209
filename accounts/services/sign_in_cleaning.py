"""Rows that only guard a sign-in under way go when they have expired."""

from django.utils import timezone

from accounts.models import ConsumedMessage, SignInTransaction


def clean() -> dict[str, int]:
    """Deletes expired sign-in transactions and consumed message ids; gives how many of each."""
    now = timezone.now()
    transactions, _ = SignInTransaction.objects.filter(expires_at__lt=now).delete()
    messages, _ = ConsumedMessage.objects.filter(expires_at__lt=now).delete()
    return {"sign_ins_removed": transactions, "messages_removed": messages}

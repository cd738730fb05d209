"""What is left of erased people goes: the row, and with it identities, memberships and tokens. The audit log stays."""

from accounts.models import User

AT_ONCE = 500


def remove_erased() -> int:
    """Deletes rows whose person was erased; gives how many. Their access ended when they were erased."""
    gone = list(User.objects.filter(erased_at__isnull=False).values_list("id", flat=True)[:AT_ONCE])
    User.objects.filter(id__in=gone).delete()
    return len(gone)

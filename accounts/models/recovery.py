"""The codes that let an account admin in when the identity provider does not."""

from django.db import models
from django.db.models import Q

from accounts.models.base import AccountOwned
from accounts.models.user import User


class RecoveryCode(AccountOwned):
    """One code of the set that enforcing SSO has made; for one sign-in of one account admin."""

    digest = models.CharField(max_length=64, unique=True)  # SHA-256, hex
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(used_by__isnull=True) | Q(used_at__isnull=False), name="recovery_code_is_used_at_a_time"
            ),
        ]
        indexes = [
            models.Index(fields=["account"], condition=Q(used_at__isnull=True), name="recovery_codes_left"),
        ]

    def __str__(self) -> str:
        return f"recovery code {self.id}"

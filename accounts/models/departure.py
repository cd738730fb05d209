"""Deprovisionings: what a deprovisioned user had, and those that await approval (R45)."""

from django.db import models

from accounts.models.base import AccountOwned
from accounts.models.user import User


class FormerAccess(AccountOwned):
    """What a person had when their access ended, for an admin to see. Nothing of it comes back by itself."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="former_access")
    ended_at = models.DateTimeField()
    # Its name; empty: Account Member.
    account_role = models.CharField(max_length=100, blank=True, default="", db_default="")
    spaces = models.JSONField(default=list)  # [{"space", "role", "origin"}]
    groups = models.JSONField(default=list)  # [{"group", "origin"}]
    tokens = models.JSONField(default=list)  # names

    def __str__(self) -> str:
        return f"former access of {self.user_id}"


class HeldDeparture(AccountOwned):
    """The IdP lets this person go, and the guard against mass deprovisioning holds it. Until then they stay in."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="held_departure")
    erase = models.BooleanField(default=False)  # asked for by DELETE
    asked_by = models.CharField(max_length=320)
    asked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["account", "asked_at"], name="held_departure_oldest_first")]

    def __str__(self) -> str:
        return f"held deprovisioning of {self.user_id}"

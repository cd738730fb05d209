"""API tokens: shown once, kept as a digest (R36)."""

from django.db import models

from accounts.models.base import AccountOwned, AccountQuerySet
from accounts.models.user import User


class ApiToken(AccountOwned):
    # Whose rights it has; None: a service token of the account, which outlives the person who made it (R40).
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens", null=True, blank=True)
    # The owner's session epoch when it was made: ending somebody's access ends their tokens, for good.
    session_epoch = models.PositiveIntegerField(default=0)
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16)  # the first characters, to recognise it by
    digest = models.CharField(max_length=64, unique=True)  # SHA-256, hex
    permissions = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = AccountQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["account", "user"], name="tokens_of_user")]

    def __str__(self) -> str:
        return self.name

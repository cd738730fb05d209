"""What provisioning asked of an account, for its admin to read."""

from django.db import models

from accounts.models import AccountOwned


class ProvisioningRequest(AccountOwned):
    """One SCIM request in plain words. Kept for 30 days (`request_log.clean`)."""

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, db_index=False)  # others begin with it
    at = models.DateTimeField()
    # A copy, so that the line outlives the token.
    token_name = models.CharField(max_length=100)
    client = models.CharField(max_length=16)  # "Okta", "Entra" or "other", by its User-Agent
    method = models.CharField(max_length=8)
    path = models.CharField(max_length=500)
    sentence = models.CharField(max_length=500)  # "Okta deactivated bo@acme.example"
    status = models.PositiveSmallIntegerField()
    duration_ms = models.PositiveIntegerField()
    # What was sent, with the values of `password` and of attributes that are not stored masked; None: nothing.
    body = models.JSONField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "-at"], name="provisioning_latest_first"),
            models.Index(fields=["at"], name="provisioning_oldest_first"),
        ]

    def __str__(self) -> str:
        return self.sentence

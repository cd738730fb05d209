"""What is to become of a connection that serves: new values, tried out beside the live ones (`docs/decisions/0016`)."""

from django.db import models
from django.db.models import Q

from accounts.models.base import AccountOwned
from accounts.models.identity import Connection
from common.encryption import EncryptedTextField


class ConnectionDraft(AccountOwned):
    """Laid over its connection: fields that it does not name are as they are live."""

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="+")
    changes = models.JSONField(default=dict, blank=True)  # field of the connection -> new value
    # "" with `changes_secret`: the secret is to be removed.
    changes_secret = models.BooleanField(default=False)
    client_secret = EncryptedTextField(blank=True)
    client_secret_expires_at = models.DateTimeField(null=True, blank=True)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(changes_secret=True) | Q(client_secret="", client_secret_expires_at=None),
                name="connection_draft_keeps_no_unused_secret",
            ),
        ]

    def __str__(self) -> str:
        return f"draft of {self.connection_id}"

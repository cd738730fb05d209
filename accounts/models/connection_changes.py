"""What is to become of a connection: a draft of its settings, and people who move to or within it."""

from django.db import models
from django.db.models import F, Q

from accounts.models.base import AccountOwned
from accounts.models.identity import Connection
from common.encryption import EncryptedTextField


class ConnectionDraft(AccountOwned):
    """New values, tried out beside the live ones (`docs/decisions/0016`).

    Laid over its connection: fields that it does not name are as they are live.
    """

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


class ConnectionMove(AccountOwned):
    """While it is open, people known at `source` link at their first login through `target` by their verified e-mail.

    The same connection twice: its subjects have changed, as with a new application at the identity provider.
    """

    source = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    target = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    # Whether people with account permissions link too (`docs/decisions/0025`).
    includes_privileged = models.BooleanField(default=False)
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=320)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=320, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "source", "target"],
                condition=Q(ended_at__isnull=True),
                name="move_open_once_for_a_pair",
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")), name="move_ends_after_its_start"
            ),
        ]
        indexes = [
            models.Index(fields=["account", "target"], condition=Q(ended_at__isnull=True), name="open_moves_to"),
        ]

    def __str__(self) -> str:
        return f"{self.source} to {self.target}"

    @property
    def is_within(self) -> bool:
        """Whether it is about changed subjects of one connection."""
        return self.source_id == self.target_id

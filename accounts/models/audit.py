"""Who changed what, written in the transaction of the change (R56). Names are copies, so entries outlive people."""

from django.db import models

from accounts.models.base import AccountOwned


class AuditEntry(AccountOwned):
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, db_index=False)  # others begin with it
    at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=320)
    actor_id = models.UUIDField(null=True)
    action = models.CharField(max_length=64)  # "user.created", "group.members-synced"
    object_type = models.CharField(max_length=32)
    object_id = models.UUIDField()
    object_label = models.CharField(max_length=512)
    changes = models.JSONField(default=dict)  # field -> [before, after]
    request_id = models.CharField(max_length=64, blank=True)
    ip_address = models.GenericIPAddressField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["account", "-at"], name="audit_latest_first"),
            models.Index(fields=["account", "object_id", "-at"], name="audit_of_object_latest_first"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.object_label}"


class UnsealedEntry(AccountOwned):
    """An entry that is not in the hash chain yet. Its id is the entry's.

    Put here by a trigger with the entry and taken away with its seal, so an entry that is committed late waits like any
    other, and who seals reads only what is to do. No foreign keys: they would cost each writer two look-ups.
    """

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, db_constraint=False, db_index=False)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["account", "at", "id"], name="unsealed_oldest_first")]

    def __str__(self) -> str:
        return str(self.id)


class AuditSeal(AccountOwned):
    """One link of an account's hash chain: entry number `position`, and a digest over it and the digest before."""

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT)
    position = models.PositiveBigIntegerField()  # from 1, without gaps
    entry = models.OneToOneField(AuditEntry, on_delete=models.PROTECT, related_name="seal")
    digest = models.CharField(max_length=64)  # SHA-256, hex
    sealed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "position"], name="audit_seal_position_once")]

    def __str__(self) -> str:
        return f"{self.position}: {self.digest}"


class AuditHead(AccountOwned):
    """How far an account's hash chain has come: kept beside the chain, so that a chain that was cut off or removed is
    seen. It references neither entries nor seals: TRUNCATE ... CASCADE of those leaves it alone.
    """

    account = models.OneToOneField("accounts.Account", on_delete=models.PROTECT, db_constraint=False)
    position = models.PositiveBigIntegerField()
    digest = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.position}:{self.digest}"

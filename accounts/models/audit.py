"""Who changed what, written in the transaction of the change (R56). Names are copies, so entries outlive people."""

from django.db import models

from accounts.models.base import AccountOwned, AccountQuerySet


class AuditEntry(AccountOwned):
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

    objects = AccountQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["account", "-at"], name="audit_latest_first")]

    def __str__(self) -> str:
        return f"{self.action} {self.object_label}"

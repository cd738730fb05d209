"""What an operator or admin has to look at: alerts, and work that failed again and again."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models.base import AccountOwned, AccountQuerySet


class AlertKind(models.TextChoices):
    MASS_DEPARTURE = "mass-departure", "many people let go within an hour"
    CERTIFICATE_EXPIRY = "certificate-expiry", "a certificate ends"
    SECRET_EXPIRY = "secret-expiry", "a client secret ends"
    SECRET_UNREADABLE = "secret-unreadable", "a connection's secret cannot be read"
    TOKEN_EXPIRY = "token-expiry", "an API token ends"
    METADATA_PROBLEM = "metadata-problem", "metadata cannot be read"
    METADATA_HELD = "metadata-held", "changed metadata waits for approval"
    TOKEN_OWNER = "token-owner", "provisioning asked to remove the owner of its own token"
    ADMIN_ASKED = "admin-asked", "an account admin is asked to decide about a connection"


class AlertQuerySet(AccountQuerySet["Alert"]):
    def open(self) -> Self:
        return self.filter(resolved_at=None)

    def resolve(self) -> int:
        """Close those that are open; gives how many."""
        return self.open().update(resolved_at=timezone.now())


class Alert(AccountOwned):
    """One thing an account admin should know; open until it is over. At most one open of a kind for one subject."""

    kind = models.CharField(max_length=24, choices=AlertKind.choices)
    # What it is about, as a key: an id, an id with a number of days; "" for the account as a whole.
    subject = models.CharField(max_length=128, blank=True)
    sentence = models.TextField()
    raised_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    # Of what ends soon: when the account's admins got an e-mail.
    mailed_at = models.DateTimeField(null=True, blank=True)

    objects = AlertQuerySet.as_manager()  # type: ignore[misc]  # more than the base has

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "kind", "subject"],
                condition=Q(resolved_at__isnull=True),
                name="one_open_alert_for_each_subject",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-raised_at"], name="alert_latest_first"),
            models.Index(
                fields=["account", "raised_at"],
                condition=Q(resolved_at__isnull=True, mailed_at__isnull=True),
                name="alert_to_be_mailed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"


class TaskAttempt(AccountOwned):
    """Tries of one piece of work that did not succeed yet. Written before the try, so that a killed worker counts."""

    kind = models.CharField(max_length=32)  # the task's name
    key = models.CharField(max_length=64)  # id of what it is about
    attempts = models.PositiveIntegerField(default=0)
    first_at = models.DateTimeField(auto_now_add=True)
    last_at = models.DateTimeField(auto_now=True)
    problem = models.CharField(max_length=1000, blank=True)
    # Given up until an operator asks again (`sweep --retry-parked`).
    parked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "kind", "key"], name="attempts_once_for_each_work")]
        indexes = [
            models.Index(fields=["account", "parked_at"], condition=Q(parked_at__isnull=False), name="parked_work")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class TaskRun(models.Model):
    """The latest run of work that comes by the clock: of the installation, not of an account."""

    name = models.CharField(max_length=32, primary_key=True)  # the task's
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)  # of the last run that reached its end
    # Parts of that run that failed, by name; the others were done.
    failed = models.JSONField(default=list, blank=True)

    def __str__(self) -> str:
        return self.name

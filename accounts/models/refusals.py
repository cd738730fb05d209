"""Refused messages that nothing ties to a sign-in or session of ours: counted, so that a flood writes no records."""

from django.db import models

from accounts.models.base import AccountOwned
from accounts.models.identity import Connection


class UnrecordedRefusals(AccountOwned):
    """One hour of one connection: how many, and why the latest was refused."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    hour = models.DateTimeField()  # its first instant
    number = models.PositiveIntegerField(default=0)
    latest_at = models.DateTimeField()
    reason = models.CharField(max_length=64)  # code of the latest refusal
    explanation = models.TextField()  # the latest refusal in full, for the admin

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "connection", "hour"], name="unrecorded_refusals_once_an_hour"),
        ]

    def __str__(self) -> str:
        return f"{self.number} of {self.connection_id}"

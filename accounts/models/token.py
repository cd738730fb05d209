"""API tokens: shown once, kept as a digest (R36)."""

from typing import Self

from django.db import models
from django.db.models import F, Q

from accounts.models.base import AccountOwned, AccountQuerySet
from accounts.models.user import User


class TokenKind(models.TextChoices):
    LONG = "long", "made to be kept by a program"
    SHORT = "short", "what a program gets for an e-mail and a password"


class ApiTokenQuerySet(AccountQuerySet["ApiToken"]):
    def not_revoked(self) -> Self:
        return self.filter(revoked_at=None)


class ApiToken(AccountOwned):
    # `db_default`, so that a process of the release before can still make one while this one is rolled out.
    kind = models.CharField(
        max_length=5, choices=TokenKind.choices, default=TokenKind.LONG, db_default=TokenKind.LONG.value
    )
    # Whose rights it has; None: a service token of the account, which outlives the person who made it (R40).
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens", null=True, blank=True)
    # The connection that provisioning with it speaks for; None: the account's only one. Deleting a connection revokes
    # its tokens, and takes them along: they must never become tokens of another connection, or of none.
    connection = models.ForeignKey(
        "accounts.Connection", on_delete=models.CASCADE, related_name="tokens", null=True, blank=True, db_index=False
    )
    # The owner's session epoch when it was made: ending somebody's access ends their tokens, for good.
    session_epoch = models.PositiveIntegerField(default=0)
    # The token that asked for this one; None: made in a browser session, by a command or at a login. Revoking a token
    # revokes what was made with it. Set once, with the row, so tokens form trees.
    made_by = models.ForeignKey("self", on_delete=models.SET_NULL, related_name="made", null=True, blank=True)
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16)  # the first characters, to recognise it by
    digest = models.CharField(max_length=64, unique=True)  # SHA-256, hex
    permissions = models.JSONField(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()  # type: ignore[misc]  # more than the base has

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=TokenKind.values), name="token_kind_is_known"),
            models.CheckConstraint(
                condition=~Q(kind=TokenKind.SHORT) | Q(user__isnull=False, expires_at__isnull=False),
                name="short_token_has_an_owner_and_an_end",
            ),
            # Only short tokens are deleted before their owner is. As they have no maker, no link of a chain is lost.
            models.CheckConstraint(
                condition=~Q(kind=TokenKind.SHORT) | Q(made_by=None), name="short_token_is_made_by_no_token"
            ),
            models.CheckConstraint(condition=~Q(made_by=F("id")), name="token_is_not_made_by_itself"),
        ]
        indexes = [
            models.Index(fields=["account", "user"], name="tokens_of_user"),
            models.Index(
                fields=["account", "connection"],
                condition=Q(connection__isnull=False),
                name="tokens_of_connection",
            ),
            models.Index(
                fields=["account", "expires_at"], condition=Q(kind=TokenKind.SHORT), name="short_tokens_by_end"
            ),
        ]

    def __str__(self) -> str:
        return self.name

"""Sign-ins under way, and messages that were used."""

from django.db import models
from django.db.models import Q

from accounts.models.base import AccountOwned
from accounts.models.identity import Connection
from accounts.models.user import User
from common.encryption import EncryptedTextField


class SignInTransaction(AccountOwned):
    """One sign-in under way: made at the start, answered once by the IdP, consumed once by the browser that began."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE)
    # SHA-256 of the secret value that travels: OIDC `state`, SAML RelayState.
    state_digest = models.CharField(max_length=64, unique=True)
    request_id = models.CharField(max_length=64, blank=True)  # SAML AuthnRequest ID; empty: IdP-initiated
    nonce = models.CharField(max_length=64, blank=True)
    code_verifier = EncryptedTextField(blank=True)
    # SHA-256 of the value in the cookie of the browser that started.
    binding_digest = models.CharField(max_length=64)
    next_path = models.CharField(max_length=2048, blank=True)
    # The admin who tries the connection out: nobody is changed and nobody is signed in.
    tester = models.ForeignKey(User, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    # Of a test: the settings with which it began.
    settings_digest = models.CharField(max_length=64, blank=True, db_default="")
    # Of a test: it tries the connection's draft, not what is live.
    tests_draft = models.BooleanField(default=False, db_default=False)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    answer = EncryptedTextField(blank=True)  # JSON of the form or query fields that came; emptied when consumed
    answered_at = models.DateTimeField(null=True, blank=True)
    # SHA-256 of the answer, by which the same one is known when the browser posts it again (`docs/decisions/0028`).
    answer_digest = models.CharField(max_length=64, blank=True, db_default="")
    # How a consumed answer was refused: code, side and reference, for the browser that reloads the page.
    refusal = models.JSONField(null=True, blank=True)
    consumed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "connection", "request_id"],
                condition=~Q(request_id=""),
                name="sign_in_request_id_once",
            ),
            models.CheckConstraint(
                condition=Q(consumed_at__isnull=True) | Q(answered_at__isnull=False),
                name="sign_in_is_answered_before_it_is_consumed",
            ),
            models.CheckConstraint(
                condition=Q(consumed_at__isnull=True) | Q(answer=""), name="sign_in_answer_is_not_kept"
            ),
        ]
        indexes = [models.Index(fields=["account", "expires_at"], name="sign_in_expiry")]

    def __str__(self) -> str:
        return f"sign-in {self.id}"


class ConsumedMessage(AccountOwned):
    """An assertion that was used. Kept until it would be refused as expired anyway (R25)."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE)
    message_id = models.CharField(max_length=64)  # SHA-256 of the id that the IdP gave it
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "connection", "message_id"], name="message_once_per_connection"),
        ]
        indexes = [models.Index(fields=["account", "expires_at"], name="consumed_message_expiry")]

    def __str__(self) -> str:
        return self.message_id

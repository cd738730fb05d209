"""Sign-ins under way, messages that were used or refused, and the sessions that sign-ins began."""

from django.db import models
from django.db.models import Q

from accounts.models.base import AccountOwned
from accounts.models.identity import Connection, ExternalIdentity
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


class UnrecordedRefusals(AccountOwned):
    """One hour of one connection: how many messages were refused that nothing ties to a sign-in or session of ours, and
    why the latest was. Counted, so that a flood writes no records.
    """

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


class SignedInSession(AccountOwned):
    """Beside each session of Django's. It lives while `ended_at` is None, `ends_at` is ahead and it was used lately
    (`Account`'s limits)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="signed_in_sessions")
    # None: signed in with a password.
    connection = models.ForeignKey(Connection, on_delete=models.SET_NULL, null=True, related_name="+")
    identity = models.ForeignKey(ExternalIdentity, on_delete=models.SET_NULL, null=True, related_name="+")
    # SHA-256 of Django's session key, so that a copy of this table gives no access.
    key_digest = models.CharField(max_length=64, unique=True)
    # The IdP's name of its session: SAML SessionIndex, OIDC `sid`. It asks for logout by it.
    idp_session = models.CharField(max_length=512, blank=True)
    # JSON: what the IdP wants to hear when the person logs out here (SAML NameID with qualifiers; OIDC ID token).
    logout_hints = EncryptedTextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_seen_at = models.DateTimeField()  # written at most once a minute
    ends_at = models.DateTimeField()  # absolute lifetime, or the IdP's SessionNotOnOrAfter if that is earlier
    ip_address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=320, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(logout_hints=""), name="ended_session_keeps_no_hints"
            ),
        ]
        indexes = [
            models.Index(
                fields=["account", "user", "-last_seen_at"],
                condition=Q(ended_at__isnull=True),
                name="open_sessions_of_user",
            ),
            models.Index(
                fields=["account", "connection", "idp_session"],
                condition=Q(ended_at__isnull=True),
                name="open_sessions_at_idp",
            ),
            models.Index(fields=["account", "ends_at"], name="session_expiry"),
        ]

    def __str__(self) -> str:
        return f"session {self.id}"

"""Who is signed in, where, and until when: one row beside each session of Django's."""

from django.db import models
from django.db.models import Q

from accounts.models.base import AccountOwned
from accounts.models.identity import Connection, ExternalIdentity
from accounts.models.user import User
from common.encryption import EncryptedTextField


class SignedInSession(AccountOwned):
    """A session lives while `ended_at` is None, `ends_at` is ahead and it was used lately (`Account`'s limits)."""

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

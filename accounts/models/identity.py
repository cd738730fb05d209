"""Connections to identity providers, who a person is there, and what happened at each login."""

from typing import Self

from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from accounts.models.account import EmailDomain
from accounts.models.base import AccountOwned, AccountQuerySet, FoldedField
from accounts.models.request_choices import AuthnComparison, ClientAuth, NameIdFormat, Prompt
from accounts.models.user import AccountRole, User
from common.encryption import EncryptedTextField, is_kept

MAX_CLOCK_SKEW = 300  # seconds, R24
MAX_AGE_LIMIT = 30 * 24 * 60 * 60  # seconds


class Vendor(models.TextChoices):
    OKTA = "okta", "Okta"
    ENTRA = "entra", "Microsoft Entra ID"
    OTHER = "other", "Other"


class Protocol(models.TextChoices):
    SAML = "saml", "SAML 2.0"
    OIDC = "oidc", "OpenID Connect"


class ConnectionState(models.TextChoices):
    DRAFT = "draft", "draft"
    LIVE = "live", "live"
    DISABLED = "disabled", "disabled"


class UpdatePolicy(models.TextChoices):
    FIRST = "first", "first login only"
    CONTACT = "contact", "contact details at every login"
    EVERYTHING = "everything", "everything at every login"


class OidcFlow(models.TextChoices):
    ID_TOKEN = "id_token", "id_token by form_post (needs no client secret)"
    CODE = "code", "code with PKCE"


# RFC 6749 3.3; values of `acr_values` have no other letters either.
_SPACED_VALUES = RegexValidator(
    r"^[\x21\x23-\x5b\x5d-\x7e]+( [\x21\x23-\x5b\x5d-\x7e]+)*\Z", "Expected words, separated by spaces."
)


class JustInTime(models.TextChoices):
    """JIT provisioning: whether a first login creates a user."""

    ON = "on", "anyone the identity provider lets in"
    ANNOUNCED = "announced", "only people whom provisioning announced"
    OFF = "off", "nobody new"


class ConnectionQuerySet(AccountQuerySet["Connection"]):
    """Connections by their state: draft, live or disabled."""

    def live(self) -> Self:
        return self.filter(state=ConnectionState.LIVE)

    def not_draft(self) -> Self:
        """Live and disabled connections: those through which users could sign in at some time."""
        return self.exclude(state=ConnectionState.DRAFT)

    def not_disabled(self) -> Self:
        return self.exclude(state=ConnectionState.DISABLED)


class Connection(AccountOwned):
    """One application at one identity provider, for one account."""

    name = models.CharField(max_length=100)
    # Text of the button on a single-tenant sign-in page; empty: the vendor's own words.
    button_label = models.CharField(max_length=100, blank=True)
    vendor = models.CharField(max_length=5, choices=Vendor.choices)
    protocol = models.CharField(max_length=4, choices=Protocol.choices)
    state = models.CharField(max_length=8, choices=ConnectionState.choices, default=ConnectionState.DRAFT)
    domains = models.ManyToManyField(EmailDomain, through="ConnectionDomain", related_name="connections")
    created_at = models.DateTimeField(auto_now_add=True)

    just_in_time = models.CharField(max_length=9, choices=JustInTime.choices, default=JustInTime.ON)

    # Mapping. `attribute_names`: our field name -> the IdP's attribute or claim name.
    attribute_names = models.JSONField(default=dict, blank=True)
    update_policy = models.CharField(max_length=10, choices=UpdatePolicy.choices, default=UpdatePolicy.CONTACT)
    # K10: with "everything", also take away spaces an earlier login gave and this one does not name.
    remove_unmapped_spaces = models.BooleanField(default=False)
    keep_groups_when_missing = models.BooleanField(default=False)
    # First time a login of this connection carried groups at all (`protocol.md` section 9).
    groups_seen_at = models.DateTimeField(null=True, blank=True)
    # R18: account roles that an attribute of this IdP may give; none unless an admin lists them.
    grantable_account_roles = models.ManyToManyField(AccountRole, through="GrantableAccountRole", related_name="+")
    # Account permissions that an account admin lets its logins give, through groups or an attribute. None: none at all,
    # as a row has it that a process of the release before wrote (`docs/decisions/0020`).
    agreed_permissions = models.JSONField(null=True, blank=True)
    clock_skew = models.PositiveSmallIntegerField(default=60)  # seconds

    # SAML
    idp_entity_id = models.CharField(max_length=1024, blank=True)
    sso_url = models.CharField(max_length=2048, blank=True)
    sso_by_post = models.BooleanField(default=False, db_default=False)
    idp_certificates = models.TextField(blank=True)  # PEM blocks, one after the other
    metadata_url = models.CharField(max_length=2048, blank=True)
    # The last time the metadata was read well, and the last try; a change that asks for an admin's yes waits in `held`.
    metadata_read_at = models.DateTimeField(null=True, blank=True)
    metadata_tried_at = models.DateTimeField(null=True, blank=True)
    metadata_problem = models.CharField(max_length=1000, blank=True)
    metadata_held = models.JSONField(default=dict, blank=True)
    # Single logout at the IdP; empty: the IdP has none. Answers go to `slo_response_url` where it differs.
    slo_url = models.CharField(max_length=2048, blank=True)
    slo_response_url = models.CharField(max_length=2048, blank=True)
    slo_by_post = models.BooleanField(default=False)
    allow_idp_initiated = models.BooleanField(default=False)
    sign_requests = models.BooleanField(default=False)
    # What a sign-in request asks for beyond the usual; Okta and Entra need none of it (`protocol.md` 8.1).
    force_authn = models.BooleanField(default=False, db_default=False)
    name_id_policy = models.CharField(
        max_length=64, choices=NameIdFormat.choices, blank=True, default="", db_default=""
    )
    # Class references, with blanks between them.
    authn_contexts = models.CharField(max_length=2048, blank=True, default="", db_default="")
    authn_comparison = models.CharField(
        max_length=7,
        choices=AuthnComparison.choices,
        default=AuthnComparison.EXACT,
        db_default=AuthnComparison.EXACT.value,
    )
    allow_sha1 = models.BooleanField(default=False)
    # `protocol.md` 8.4 check 16: is the response's signature alone enough over an encrypted assertion?
    accept_response_signature_over_encryption = models.BooleanField(default=False)
    # Our own pair, PEM: of OIDC the one for the token endpoint, with the next one while keys change over.
    sp_private_key = EncryptedTextField(blank=True)
    sp_certificate = models.TextField(blank=True)
    next_private_key = EncryptedTextField(blank=True, default="", db_default="")
    next_certificate = models.TextField(blank=True, default="", db_default="")

    # OIDC
    issuer = models.CharField(max_length=1024, blank=True)
    tenant_id = models.CharField(max_length=255, blank=True)
    client_id = models.CharField(max_length=255, blank=True)
    client_secret = EncryptedTextField(blank=True)
    client_secret_set_at = models.DateTimeField(null=True, blank=True)
    client_secret_expires_at = models.DateTimeField(null=True, blank=True)
    flow = models.CharField(max_length=8, choices=OidcFlow.choices, default=OidcFlow.CODE)
    client_auth = models.CharField(
        max_length=11, choices=ClientAuth.choices, default=ClientAuth.SECRET, db_default=ClientAuth.SECRET
    )
    # What a request asks for beside the vendor's usual scopes.
    extra_scopes = models.CharField(max_length=255, blank=True, default="", db_default="", validators=[_SPACED_VALUES])
    prompt = models.CharField(max_length=20, choices=Prompt.choices, blank=True, default="", db_default="")
    # Seconds that the person's last sign-in at the provider may be ago; None: nothing is asked and nothing checked.
    max_age = models.PositiveIntegerField(null=True, blank=True, validators=[MaxValueValidator(MAX_AGE_LIMIT)])
    acr_values = models.CharField(max_length=255, blank=True, default="", db_default="", validators=[_SPACED_VALUES])
    omit_login_hint = models.BooleanField(default=False, db_default=False)
    # Last good copies of what the provider publishes.
    discovery = models.JSONField(default=dict, blank=True)
    discovered_at = models.DateTimeField(null=True, blank=True)
    signing_keys = models.JSONField(default=dict, blank=True)  # a JWK Set
    signing_keys_at = models.DateTimeField(null=True, blank=True)
    # Taken before each fetch by a conditional update, so that a flood of unknown keys causes few fetches.
    signing_keys_tried_at = models.DateTimeField(null=True, blank=True)

    objects = ConnectionQuerySet.as_manager()  # type: ignore[misc]  # more than the base has

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "name"], name="connection_name_once_per_account"),
            models.CheckConstraint(
                condition=Q(vendor__in=Vendor.values)
                & Q(protocol__in=Protocol.values)
                & Q(state__in=ConnectionState.values)
                & Q(update_policy__in=UpdatePolicy.values)
                & Q(flow__in=OidcFlow.values)
                & Q(just_in_time__in=JustInTime.values),
                name="connection_choices_are_known",
            ),
            models.CheckConstraint(
                condition=Q(name_id_policy__in=["", *NameIdFormat.values])
                & Q(authn_comparison__in=AuthnComparison.values),
                name="connection_asks_for_what_saml_knows",
            ),
            models.CheckConstraint(
                condition=Q(state=ConnectionState.DRAFT)
                | (Q(protocol=Protocol.SAML) & ~Q(idp_entity_id="") & ~Q(sso_url="") & ~Q(idp_certificates=""))
                | (Q(protocol=Protocol.OIDC) & ~Q(issuer="") & ~Q(client_id="")),
                name="connection_complete_for_its_protocol",
            ),
            models.CheckConstraint(
                condition=Q(client_auth=ClientAuth.SECRET)
                | (Q(client_auth=ClientAuth.PRIVATE_KEY) & (Q(state=ConnectionState.DRAFT) | ~Q(sp_certificate=""))),
                name="connection_key_is_there_where_it_is_used",
            ),
            models.CheckConstraint(condition=Q(clock_skew__lte=MAX_CLOCK_SKEW), name="connection_clock_skew_is_capped"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def has_client_secret(self) -> bool:
        """Also one that cannot be read."""
        return is_kept(self, "client_secret")

    @property
    def has_client_credential(self) -> bool:
        """Whether it can authenticate at the token endpoint: with a client secret, or with a key of its own."""
        return self.client_auth == ClientAuth.PRIVATE_KEY or self.has_client_secret


class ConnectionDomain(AccountOwned):
    """People of this e-mail domain sign in through this connection."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE)
    domain = models.ForeignKey(EmailDomain, on_delete=models.CASCADE)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "connection", "domain"], name="connection_domain_once"),
        ]

    def __str__(self) -> str:
        return f"{self.domain_id} -> {self.connection_id}"


class GrantableAccountRole(AccountOwned):
    connection = models.ForeignKey(Connection, on_delete=models.CASCADE)
    account_role = models.ForeignKey(AccountRole, on_delete=models.CASCADE)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "connection", "account_role"], name="grantable_account_role_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_role_id} by {self.connection_id}"


class ExternalIdentity(AccountOwned):
    """Who a user is at a connection (R12), and the groups that its latest login spoke of.

    `group_ids` is what the IdP last said, complete: None until it has said anything. The sync is due while
    `synced_sequence < login_sequence`.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="identities")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="identities")
    subject = models.CharField(max_length=512)
    issuer = models.CharField(max_length=1024)
    created_at = models.DateTimeField(auto_now_add=True)
    last_login_at = models.DateTimeField(null=True, blank=True)

    group_ids = models.JSONField(null=True, blank=True)
    # The list was cut off by the IdP and has to be read from Microsoft Graph.
    groups_overage = models.BooleanField(default=False)
    login_sequence = models.PositiveBigIntegerField(default=0)
    synced_sequence = models.PositiveBigIntegerField(default=0)
    sync_attempts = models.PositiveIntegerField(default=0)
    sync_tried_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "connection", "subject"], name="identity_once_per_connection"),
            models.CheckConstraint(condition=~Q(subject=""), name="identity_has_a_subject"),
            models.CheckConstraint(
                condition=Q(synced_sequence__lte=F("login_sequence")), name="identity_synced_no_further_than_received"
            ),
        ]
        indexes = [
            models.Index(
                fields=["account", "sync_tried_at"],
                condition=Q(synced_sequence__lt=F("login_sequence")),
                name="identity_sync_due",
            ),
            # E-mail addresses as subjects are the same in any letter case.
            models.Index("account", "connection", Lower("subject"), name="identity_by_lower_subject"),
            # Who of a whole company is known at a connection (`moving.findings`).
            models.Index(fields=["account", "connection", "user"], name="identities_at_connection"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} at {self.connection_id}"


class LoginOutcome(models.TextChoices):
    SIGNED_IN = "signed-in", "signed in"
    REFUSED = "refused", "refused"
    TESTED = "tested", "test passed"


class Beginning(models.TextChoices):
    """Who started a sign-in."""

    HERE = "here", "at the sign-in page"
    IDP = "idp", "by the identity provider"
    TEST = "test", "test by an admin"


class LoginRecord(AccountOwned):
    """One attempt to sign in through a connection, with its decisions as sentences."""

    reference = models.CharField(max_length=12)
    at = models.DateTimeField(auto_now_add=True)
    connection = models.ForeignKey(Connection, on_delete=models.SET_NULL, null=True, related_name="logins")
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="logins")
    identity = models.ForeignKey(ExternalIdentity, on_delete=models.SET_NULL, null=True, related_name="logins")
    login_sequence = models.PositiveBigIntegerField(null=True)
    outcome = models.CharField(max_length=9, choices=LoginOutcome.choices)
    reason = models.CharField(max_length=64, blank=True)  # code of the refusal
    explanation = models.TextField(blank=True)  # the refusal in full, for the admin
    email = models.CharField(max_length=320, blank=True)
    email_key = FoldedField("email")
    subject = models.CharField(max_length=512, blank=True)
    decisions = models.JSONField(default=list)
    group_ids = models.JSONField(null=True, blank=True)  # as received; None: the IdP said nothing
    # Seconds that the provider's clock was ahead of ours, less what the message took; None: no signed time was read.
    clock_difference = models.SmallIntegerField(null=True)
    # For the inspector: steps (`accounts.sso.trace`), what arrived by the IdP's names, and the message decoded; both
    # with everything masked that nothing is read from. Attributes and message go first (`docs/decisions/0015`).
    beginning = models.CharField(max_length=4, choices=Beginning.choices, default=Beginning.HERE)
    steps = models.JSONField(default=list, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    message = models.TextField(blank=True)
    # Of a test that passed: who made it, and exactly which settings passed (`accounts.connections.settings_digest`).
    tester = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    settings_digest = models.CharField(max_length=64, blank=True, db_default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "reference"], name="login_reference_once_per_account"),
            models.CheckConstraint(
                condition=Q(outcome__in=LoginOutcome.values) & Q(beginning__in=Beginning.values),
                name="login_outcome_is_known",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-at"], name="login_latest_first"),
            models.Index(fields=["account", "user", "-at"], name="login_of_user_latest_first"),
            models.Index(fields=["account", "email_key", "-at"], name="login_of_email_latest_first"),
            models.Index(fields=["at"], condition=~Q(message=""), name="login_with_a_message"),
            models.Index(
                fields=["account", "connection", "-at"],
                condition=Q(outcome=LoginOutcome.SIGNED_IN),
                name="good_login_latest_first",
            ),
            models.Index(
                fields=["account", "connection", "-at"],
                condition=Q(outcome=LoginOutcome.REFUSED),
                name="refusal_latest_first",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

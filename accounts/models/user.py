"""People, the roles that say what they may do in their account as a whole, recovery codes, and the end of access."""

from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from accounts.models.account import next_user_number
from accounts.models.base import AccountOwned, AccountQuerySet, FoldedField, Role, SearchKeyField
from accounts.permissions import ACCOUNT_ADMIN


class AccountRole(Role):
    """`Account Admin`, `Account Member`, or a custom set of permissions (codes of `accounts.permissions`)."""

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "name"], name="account_role_name_once_per_account"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(name__contains=","), name="account_role_name_is_a_name"),
        ]


class UserState(models.TextChoices):
    PENDING = "pending", "pending"
    ACTIVE = "active", "active"
    DEPROVISIONED = "deprovisioned", "deprovisioned"


class UserOrigin(models.TextChoices):
    PASSWORD = "password", "password"
    SSO = "sso", "single sign-on"
    SCIM = "scim", "provisioning"


OWN_ROLE_IS_ADMIN = Q(account_role__name=ACCOUNT_ADMIN)


class UserQuerySet(AccountQuerySet["User"]):
    """Users by where they stand in their life: pending, active, deprovisioned, then erased."""

    def present(self) -> Self:
        """Whatever their state, users who are not erased: the only ones that anybody may see."""
        return self.filter(erased_at=None)

    def active(self) -> Self:
        return self.present().filter(state=UserState.ACTIVE)

    def pending(self) -> Self:
        return self.present().filter(state=UserState.PENDING)

    def deprovisioned(self) -> Self:
        return self.present().filter(state=UserState.DEPROVISIONED)

    def with_access(self) -> Self:
        """Active and pending users; erased users have no access either."""
        return self.exclude(state=UserState.DEPROVISIONED)

    def admins(self) -> Self:
        """Active users whose own account role is Account Admin.

        The own role only, where one has to stay (R19) or may use a password although SSO is enforced (R10): a group
        membership that the next login may take away is nothing to rely on.
        """
        return self.active().filter(OWN_ROLE_IS_ADMIN)


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(pk=username)  # type: ignore[no-any-return]


# By what the list of people is searched.
SEARCHED = ("email", "first_name", "last_name", "user_name")


class User(AccountOwned, AbstractBaseUser):
    """A person in one account. The same person in two accounts is two users."""

    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, db_index=False)  # others begin with it
    email = models.EmailField(max_length=320)
    email_key = FoldedField("email")
    user_name = models.CharField(max_length=320, blank=True)
    user_name_key = FoldedField("user_name")
    # The IdP's own id of the person, as SCIM sent it (`externalId`); several people may have one.
    external_id = models.CharField(max_length=255, blank=True)
    # Id of the connection whose provisioning stored `external_id` and `user_name`. No foreign key: it stays when that
    # connection is deleted, or the one that is left would find the other's people (`docs/decisions/0005`).
    provisioned_by = models.UUIDField(null=True, blank=True, editable=False)
    first_name = models.CharField(max_length=150, blank=True)
    last_name = models.CharField(max_length=150, blank=True)
    search_key = SearchKeyField(SEARCHED)
    timezone = models.CharField(max_length=64, blank=True)
    account_role = models.ForeignKey(AccountRole, on_delete=models.PROTECT, related_name="users")
    state = models.CharField(max_length=13, choices=UserState.choices, default=UserState.ACTIVE)
    origin = models.CharField(max_length=8, choices=UserOrigin.choices)
    # Part of every session's hash: raising it ends all sessions in the same transaction (R2).
    session_epoch = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    deprovisioned_at = models.DateTimeField(null=True, blank=True)
    # Access ended then, and memberships and tokens are still to be taken away; None: nothing is left to do.
    clean_up_due_since = models.DateTimeField(null=True, blank=True)
    # Deleted in the IdP: nothing of the person is left but the row, which cleaning up removes. Never shown.
    erased_at = models.DateTimeField(null=True, blank=True)

    # What provisioning keeps beside the profile.
    display_name = models.CharField(max_length=320, blank=True)
    # The e-mail of type "work", folded; Entra can be set up to look people up by it.
    work_email_key = models.CharField(max_length=320, blank=True, editable=False)
    # Folded e-mails that are neither primary nor of type "work", each between blanks: " a@x b@x ".
    other_email_keys = models.CharField(max_length=2000, blank=True, editable=False)
    # SCIM attributes as they were sent, for those that have no column (`scim.attributes`).
    scim_attributes = models.JSONField(default=dict, blank=True)
    # Place in the account's list, in order of creation: pages are read from it (`Account.last_user_number`).
    number = models.PositiveBigIntegerField(editable=False)
    version = models.PositiveIntegerField(default=1)  # raised with each change; the ETag
    modified_at = models.DateTimeField(auto_now=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()  # type: ignore[misc]  # more than the base has

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "email_key"], condition=~Q(email_key=""), name="user_email_once_per_account"
            ),
            models.UniqueConstraint(
                fields=["account", "user_name_key"], condition=~Q(user_name_key=""), name="user_name_once_per_account"
            ),
            models.UniqueConstraint(fields=["account", "number"], name="user_number_once_per_account"),
            # A person may be announced under a bare user name; everybody else has an address.
            models.CheckConstraint(
                condition=~Q(email_key="") | (Q(origin=UserOrigin.SCIM) & ~Q(user_name_key="")),
                name="user_has_an_email",
            ),
            models.CheckConstraint(condition=Q(state__in=UserState.values), name="user_state_is_known"),
            models.CheckConstraint(condition=Q(origin__in=UserOrigin.values), name="user_origin_is_known"),
            models.CheckConstraint(
                condition=~Q(state=UserState.PENDING) | Q(password__startswith="!"),
                name="pending_user_has_no_password",
            ),
        ]
        indexes = [
            # The list of people is found, counted and paged in the index alone, without reading the rows.
            models.Index(
                fields=["account", "email_key", "id"],
                include=["search_key", "state", "origin"],
                condition=Q(erased_at__isnull=True),
                name="users_listed",
            ),
            models.Index(
                fields=["account", "email_key", "id"],
                condition=Q(erased_at__isnull=True, state=UserState.PENDING),
                name="users_waiting",
            ),
            models.Index(
                fields=["account", "email_key", "id"],
                condition=Q(erased_at__isnull=True, state=UserState.DEPROVISIONED),
                name="users_out",
            ),
            models.Index(
                fields=["account", "last_name", "first_name", "id"],
                include=["state"],
                condition=Q(erased_at__isnull=True),
                name="users_by_name",
            ),
            # May repeat: Entra maps it to the mail nickname by default.
            models.Index(fields=["account", "external_id"], condition=~Q(external_id=""), name="user_external_id"),
            models.Index(fields=["account", "work_email_key"], name="user_work_email"),
            models.Index(fields=["account", "erased_at"], condition=Q(erased_at__isnull=False), name="user_erased"),
            models.Index(
                fields=["account", "clean_up_due_since"],
                condition=Q(clean_up_due_since__isnull=False),
                name="user_clean_up_due",
            ),
            models.Index(
                fields=["account", "deprovisioned_at"],
                condition=Q(deprovisioned_at__isnull=False),
                name="user_deprovisioned",
            ),
            models.Index(
                fields=["account", "other_email_keys"],
                condition=~Q(other_email_keys=""),
                name="user_with_several_emails",
            ),
        ]

    def __str__(self) -> str:
        return self.email or self.user_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.number is None:
            self.number = next_user_number(self.account_id)
        if "update_fields" in kwargs:  # every change is a new version
            self.version += 1
            follows = () if set(SEARCHED).isdisjoint(kwargs["update_fields"]) else ("search_key",)
            kwargs["update_fields"] = {*kwargs["update_fields"], *follows, "version", "modified_at"}
        super().save(*args, **kwargs)

    @property
    def is_active(self) -> bool:  # type: ignore[override]
        """Whether the user may hold a session. Pending users have never signed in; deprovisioned ones lost access."""
        return self.state == UserState.ACTIVE

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        value = f"{self.password}:{self.session_epoch}"
        return salted_hmac("accounts.User.session", value, secret=secret, algorithm="sha256").hexdigest()


class RecoveryCode(AccountOwned):
    """One code of the set that enforcing SSO has made; for one sign-in of one account admin."""

    digest = models.CharField(max_length=64, unique=True)  # SHA-256, hex
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(used_by__isnull=True) | Q(used_at__isnull=False), name="recovery_code_is_used_at_a_time"
            ),
        ]
        indexes = [
            models.Index(fields=["account"], condition=Q(used_at__isnull=True), name="recovery_codes_left"),
        ]

    def __str__(self) -> str:
        return f"recovery code {self.id}"


class FormerAccess(AccountOwned):
    """What a person had when their access ended, for an admin to see. Nothing of it comes back by itself."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="former_access")
    ended_at = models.DateTimeField()
    # Its name; empty: Account Member.
    account_role = models.CharField(max_length=100, blank=True, default="", db_default="")
    spaces = models.JSONField(default=list)  # [{"space", "role", "origin"}]
    groups = models.JSONField(default=list)  # [{"group", "origin"}]
    tokens = models.JSONField(default=list)  # names

    def __str__(self) -> str:
        return f"former access of {self.user_id}"


class HeldDeparture(AccountOwned):
    """The IdP lets this person go, and the guard against mass deprovisioning holds it. Until then they stay in."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="held_departure")
    erase = models.BooleanField(default=False)  # asked for by DELETE
    asked_by = models.CharField(max_length=320)
    asked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["account", "asked_at"], name="held_departure_oldest_first")]

    def __str__(self) -> str:
        return f"held deprovisioning of {self.user_id}"

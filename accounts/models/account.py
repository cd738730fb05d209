"""The tenant, and the e-mail domains that are its own."""

import uuid
from typing import Self

from django.db import connection, models
from django.db.models import Q

from accounts.models.base import AccountOwned, AccountQuerySet
from common.db.statements import Write, write

MAX_RETENTION = 3650  # days
SHORTEST_SESSION = 5  # minutes
LONGEST_SESSION = 30 * 24 * 60  # minutes


class Account(models.Model):
    """A customer. Everything else belongs to exactly one account."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=100, unique=True)
    # Stands in addresses given to IdPs: Okta refuses an underscore there (`protocol.md` 8.1).
    slug = models.SlugField(max_length=100, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # Counters under the account's row lock: the number of the newest user, and how many there are.
    last_user_number = models.PositiveBigIntegerField(default=0)
    user_count = models.PositiveBigIntegerField(default=0)
    # How long a deprovisioned person is kept, to be restored with the same id.
    retention_days = models.PositiveSmallIntegerField(default=30)
    # How long it can be seen why a login went as it did.
    login_retention_days = models.PositiveSmallIntegerField(default=90)
    # R4: a session ends after so long without a request, and after so long in any case.
    session_idle_minutes = models.PositiveIntegerField(default=120)
    session_absolute_minutes = models.PositiveIntegerField(default=720)
    # R45: the deprovisioning guard: far more users than usual within an hour, and the rest awaits approval.
    hold_mass_departures = models.BooleanField(default=False)
    # R10: since then only account admins may use a password (`accounts.passwords.policy`). None: everybody may.
    sso_enforced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(slug__contains="_"), name="account_slug_without_underscore"),
            models.CheckConstraint(condition=Q(retention_days__lte=MAX_RETENTION), name="account_retention_is_capped"),
            models.CheckConstraint(
                condition=Q(login_retention_days__gte=1) & Q(login_retention_days__lte=MAX_RETENTION),
                name="account_login_retention_is_capped",
            ),
            models.CheckConstraint(
                condition=Q(session_idle_minutes__gte=SHORTEST_SESSION)
                & Q(session_absolute_minutes__gte=SHORTEST_SESSION)
                & Q(session_idle_minutes__lte=LONGEST_SESSION)
                & Q(session_absolute_minutes__lte=LONGEST_SESSION),
                name="account_session_lifetimes_within_limits",
            ),
        ]

    def __str__(self) -> str:
        return self.name


def next_user_number(account_id: uuid.UUID) -> int:
    """Counts one more user of the account and gives their number. Locks the account's row until the end."""
    return int(write(one_user_more(account_id))[0])


def one_user_more(account_id: uuid.UUID) -> Write:
    """What counts one more user and gives their number. Locks the account's row until the end."""
    key = Account._meta.pk.get_db_prep_value(account_id, connection)
    return Write(
        "UPDATE accounts_account SET last_user_number = last_user_number + 1, user_count = user_count + 1"
        " WHERE id = %s RETURNING last_user_number",
        [key],
    )


def one_user_fewer(account_id: uuid.UUID) -> Write:
    """What counts one user out. Locks the account's row until the end."""
    key = Account._meta.pk.get_db_prep_value(account_id, connection)
    return Write("UPDATE accounts_account SET user_count = user_count - 1 WHERE id = %s RETURNING user_count", [key])


class EmailDomainQuerySet(AccountQuerySet["EmailDomain"]):
    def verified(self) -> Self:
        return self.filter(proved_at__isnull=False)


class EmailDomain(AccountOwned):
    """An e-mail domain that an account claims. Verified (by DNS, or by an operator) it is this account's alone."""

    domain = models.CharField(max_length=253)  # lower case, IDNA
    proved_at = models.DateTimeField(null=True, blank=True)
    # What the TXT record at the domain has to hold; empty: an operator named the domain.
    proof_token = models.CharField(max_length=64, blank=True)
    # It decides about its sub-domains too, as far as nobody has verified one of them (`domains.owners`).
    with_subdomains = models.BooleanField(default=False, db_default=False)

    objects = EmailDomainQuerySet.as_manager()  # type: ignore[misc]  # more than the base has

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "domain"], name="email_domain_once_per_account"),
            models.UniqueConstraint(
                fields=["domain"], condition=Q(proved_at__isnull=False), name="email_domain_has_one_proved_owner"
            ),
        ]

    def __str__(self) -> str:
        return self.domain

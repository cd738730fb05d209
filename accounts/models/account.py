"""The tenant, and the e-mail domains that are its own."""

import uuid

from django.db import connection, models
from django.db.models import Q

from accounts.models.base import AccountOwned, AccountQuerySet


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

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(slug__contains="_"), name="account_slug_without_underscore"),
        ]

    def __str__(self) -> str:
        return self.name


def next_user_number(account_id: uuid.UUID) -> int:
    """Counts one more user of the account and gives their number. Locks the account's row until the end."""
    key = Account._meta.pk.get_db_prep_value(account_id, connection)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_account SET last_user_number = last_user_number + 1, user_count = user_count + 1"
            " WHERE id = %s RETURNING last_user_number",
            [key],
        )
        row = cursor.fetchone()
    return int(row[0])


class EmailDomain(AccountOwned):
    """An e-mail domain an account claims. Proved (by DNS, or named by an operator) it belongs to this account alone."""

    domain = models.CharField(max_length=253)  # lower case, IDNA
    proved_at = models.DateTimeField(null=True, blank=True)

    objects = AccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "domain"], name="email_domain_once_per_account"),
            models.UniqueConstraint(
                fields=["domain"], condition=Q(proved_at__isnull=False), name="email_domain_has_one_proved_owner"
            ),
        ]

    def __str__(self) -> str:
        return self.domain

"""Searches that no index serves end within a second in a large account, before the identity provider gives up."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction

from accounts.models import Account
from scim import errors

LARGE = 10_000  # people; fewer are looked through in a fraction of a second
MOST = 450  # milliseconds of each statement; a page and its total are two
_QUERY_CANCELED = "57014"  # PostgreSQL's appendix A


@contextmanager
def limited(account: Account) -> Iterator[None]:
    """Around the statements of one search. Raises ScimError (`tooMany`) when one of them takes too long.

    Not in a transaction of the caller's, whose later statements the limit would meet.
    """
    if account.user_count < LARGE or connection.vendor != "postgresql" or connection.in_atomic_block:
        yield
        return
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(MOST)])
            yield
    except OperationalError as problem:
        if getattr(problem.__cause__, "sqlstate", "") != _QUERY_CANCELED:
            raise
        raise errors.too_many(
            f"Expected a search that an index answers, as this account has {account.user_count:,} people; this one took"
            " too long. Search by userName, externalId, id or emails.value with eq, or read /Users page by page."
        ) from None

"""Names of spaces and roles in the attributes of recent logins."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models.fields.json import KeyTransform
from django.utils import timezone

from accounts.models import Account, Connection, LoginRecord
from accounts.models.identity import LoginOutcome
from accounts.work.expired_rows import MESSAGES_KEPT
from common.folding import fold
from common.texts import storable
from spaces.models import Space
from spaces.role_mapping import Names, entries

DAYS = MESSAGES_KEPT.days  # older records do not hold what arrived any more
LOOKED_AT = 3_000  # of the latest logins
_LOGINS_OF_CONNECTION = 100
_KEPT = 500  # characters of a value that a login record keeps


def people_with(account: Account, field: str, name: str) -> int:
    """How many users had the name in the attribute that is read as `field`, in the last DAYS days.

    Two queries, however many logins: the latest LOOKED_AT are looked at. `field`: as in `Connection.attribute_names`.
    """
    own = Connection.objects.in_account(account).values_list("attribute_names", flat=True)
    read = _read(field, own)
    logins = LoginRecord.objects.in_account(account).filter(
        outcome=LoginOutcome.SIGNED_IN, user__isnull=False, at__gte=timezone.now() - MESSAGES_KEPT
    )
    rows = logins.order_by("-at").annotate(**read).values_list("user_id", *read)[:LOOKED_AT]
    wanted = fold(name)
    lists = ((user, value) for user, *values in rows for value in values if isinstance(value, list))
    return len({user for user, value in lists if any(wanted == fold(entry) for entry in entries(value))})


def unknown_spaces(connection: Connection, since: datetime, limit: int) -> list[str]:
    """Names of spaces that recent logins of the connection carried and that the account does not have.

    Two queries, one where none carried a name.
    """
    read = _read("space_name", [connection.attribute_names])
    logins = LoginRecord.objects.in_account(connection.account_id).filter(
        connection=connection, outcome=LoginOutcome.SIGNED_IN, at__gte=since
    )
    rows = logins.order_by("-at").annotate(**read).values_list(*read)[:_LOGINS_OF_CONNECTION]
    carried = {name for values in rows for name in _whole_entries(values) if name}
    if not carried:
        return []
    known = Names(Space.objects.in_account(connection.account_id).values_list("name", flat=True))
    return sorted(name for name in carried if known.find(name) is None)[:limit]


def _whole_entries(values: Iterable[object]) -> Iterable[str]:
    """Without the last entry of a value that was cut when it was recorded."""
    for value in values:
        for text in value if isinstance(value, list) else ():
            yield from entries(text)[:-1] if len(text) >= _KEPT else entries(text)


def _read(field: str, own_names: Iterable[dict[str, str]]) -> dict[str, KeyTransform]:
    """Annotations of login records: the values of the attribute, by each name that a connection has for it."""
    keys = sorted({field, *(storable(names[field][:200]) for names in own_names if names.get(field))})
    return {f"value_{number}": KeyTransform(key, "attributes") for number, key in enumerate(keys)}

"""Who signed in lately with the name of a space or a role in an attribute: what a rename or a deletion concerns."""

from collections.abc import Iterable

from django.db.models.fields.json import KeyTransform
from django.utils import timezone

from accounts.models import Account, Connection, LoginRecord
from accounts.models.identity import LoginOutcome
from accounts.work.expired_rows import MESSAGES_KEPT
from common.folding import fold
from common.texts import storable
from spaces.role_mapping import entries

DAYS = MESSAGES_KEPT.days  # older records do not hold what arrived any more
LOOKED_AT = 3_000  # of the latest logins


def people_with(account: Account, field: str, name: str) -> int:
    """How many people carried the name in the attribute that is read as `field`, in the last DAYS days.

    Two queries, however many logins: the latest LOOKED_AT are looked at. `field`: as in `Connection.attribute_names`.
    """
    read = {f"value_{number}": KeyTransform(key, "attributes") for number, key in enumerate(_keys(account, field))}
    logins = LoginRecord.objects.in_account(account).filter(
        outcome=LoginOutcome.SIGNED_IN, user__isnull=False, at__gte=timezone.now() - MESSAGES_KEPT
    )
    rows = logins.order_by("-at").annotate(**read).values_list("user_id", *read)[:LOOKED_AT]
    return len({user for user, *values in rows if _is_among(fold(name), values)})


def _keys(account: Account, field: str) -> list[str]:
    """The names of the attribute on the account's connections, as login records keep them."""
    own = Connection.objects.in_account(account).values_list("attribute_names", flat=True)
    return sorted({field, *(storable(names[field][:200]) for names in own if names.get(field))})


def _is_among(wanted: str, values: Iterable[object]) -> bool:
    return any(wanted == fold(entry) for value in values if isinstance(value, list) for entry in entries(value))

"""What becomes of a refusal that anybody can cause: so many an hour are recorded, the rest is counted.

A record of a login is kept for months and read by an admin, so a flood of an address must not be able to write one
for each request. One row an hour says how many there were and why the latest was refused (`docs/decisions/0023`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from django.db.models import F, Sum
from django.utils import timezone

from accounts.models import Connection, UnrecordedRefusals
from common import rates

RECORDED_AN_HOUR = 60  # of one connection
KEPT_FOR = timedelta(days=30)
_LONGEST = 1000  # characters of an explanation


class Tie(Enum):
    """What a refused message belongs to, which decides whether it becomes a record."""

    ANSWERED_SIGN_IN = "a sign-in that began here and whose answer was taken, which happens once: always a record"
    CONNECTION = "a known sign-in, or a message that the connection's identity provider signed: RECORDED_AN_HOUR"
    NOTHING = "anybody can have sent it: counted"


@dataclass(frozen=True)
class Counted:
    """`number` of refusals that were not recorded; `latest`: the hour of the newest."""

    number: int
    latest: UnrecordedRefusals | None


def becomes_a_record(connection: Connection, tie: Tie) -> bool:
    """Whether a refusal is recorded; takes one of those that are left to the connection this hour."""
    if tie is Tie.ANSWERED_SIGN_IN:
        return True
    if tie is Tie.NOTHING:
        return False
    return not rates.wait(f"refusals:{connection.pk}", RECORDED_AN_HOUR / 3600, RECORDED_AN_HOUR)


def count(connection: Connection, code: str, explanation: str) -> None:
    """Adds one to this hour of the connection."""
    now = timezone.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    latest = {"latest_at": now, "reason": code[:64], "explanation": explanation[:_LONGEST].replace("\0", "")}
    UnrecordedRefusals.objects.update_or_create(
        account_id=connection.account_id,
        connection=connection,
        hour=hour,
        defaults={**latest, "number": F("number") + 1},
        create_defaults={**latest, "number": 1},
    )


def counted_since(connection: Connection, since: datetime) -> Counted:
    """Whole hours, the one in which `since` lies included."""
    rows = UnrecordedRefusals.objects.in_account(connection.account_id).filter(connection=connection)
    hours = list(rows.filter(latest_at__gte=since).order_by("-hour"))
    return Counted(sum(row.number for row in hours), hours[0] if hours else None)


def number_since(since: datetime) -> int:
    """Of all accounts, for the operator."""
    return UnrecordedRefusals.objects.filter(hour__gte=since).aggregate(all=Sum("number"))["all"] or 0


def clean(now: datetime) -> int:
    """Deletes hours that are older than KEPT_FOR; gives how many."""
    return UnrecordedRefusals.objects.filter(hour__lt=now - KEPT_FOR).delete()[0]

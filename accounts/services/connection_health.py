"""How a connection does, from what its logins left behind. Six queries, each on an index, however many logins."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Q

from accounts.models import Connection, LoginRecord
from accounts.models.identity import LoginOutcome
from accounts.services.group_identifiers import SeenIdentifier, seen_identifiers
from accounts.services.unrecorded_refusals import Counted, counted_since
from spaces.role_mapping import ignored_space

WITHIN = timedelta(hours=24)
LOOKED_AT = 100  # of the latest good logins
ENOUGH = 5  # of them, to say that groups stopped
SHOWN = 10


class Groups(StrEnum):
    NEVER = "never"
    ARRIVING = "arriving"
    STOPPED = "stopped"
    FEW = "few"  # they came once; fewer than ENOUGH logins to tell from


@dataclass(frozen=True)
class Health:
    """`signed_in`, `refused`: logins within WITHIN; `counted`: refusals in that time that were not recorded.

    `clock_difference`: seconds that the provider is ahead of us.
    """

    last_success: LoginRecord | None
    last_failure: LoginRecord | None
    signed_in: int
    refused: int
    counted: Counted
    groups: Groups
    unmapped_groups: list[SeenIdentifier]
    unknown_spaces: list[str]
    clock_difference: int | None
    allowed_skew: int

    @property
    def is_failing(self) -> bool:
        """Whether nobody came in since the last failure."""
        if self.last_failure is None:
            return False
        return self.last_success is None or self.last_success.at < self.last_failure.at

    @property
    def clock_is_off(self) -> bool:
        return abs(self.clock_difference or 0) * 2 > self.allowed_skew

    @property
    def clock_sentence(self) -> str:
        seconds = self.clock_difference or 0
        if abs(seconds) <= 1:
            return "none: both clocks agree"
        return f"the identity provider is {abs(seconds)} s {'ahead of' if seconds > 0 else 'behind'} us"


def health_of(connection: Connection, now: datetime) -> Health:
    records = LoginRecord.objects.in_account(connection.account_id).filter(connection=connection)
    good, bad = (records.filter(outcome=outcome) for outcome in (LoginOutcome.SIGNED_IN, LoginOutcome.REFUSED))
    latest = _latest(good)
    return Health(
        last_success=latest[0] if latest else None,
        last_failure=bad.only("reference", "at").order_by("-at").first(),
        signed_in=good.filter(at__gte=now - WITHIN).count(),
        refused=bad.filter(at__gte=now - WITHIN).count(),
        counted=counted_since(connection, now - WITHIN),
        groups=_groups(connection, latest),
        unmapped_groups=seen_identifiers(connection.account, SHOWN, of=connection),
        unknown_spaces=_unknown_spaces([login for login in latest if login.at >= now - WITHIN]),
        clock_difference=_clock_difference(latest),
        allowed_skew=connection.clock_skew,
    )


def _latest(good: Any) -> list[Any]:
    """Without the lists of groups, which are long: whether there was one is enough. Or it had to be asked of Graph."""
    had_groups = Q(group_ids__isnull=False) | Q(identity__groups_overage=True)
    fields = ("reference", "at", "decisions", "clock_difference")
    return list(good.annotate(had_groups=had_groups).only(*fields).order_by("-at")[:LOOKED_AT])


def _groups(connection: Connection, latest: list[Any]) -> Groups:
    if connection.groups_seen_at is None:
        return Groups.NEVER
    if any(login.had_groups for login in latest[:ENOUGH]):
        return Groups.ARRIVING
    return Groups.STOPPED if len(latest) >= ENOUGH else Groups.FEW


def _unknown_spaces(latest: list[Any]) -> list[str]:
    names = (ignored_space(decision) for login in latest for decision in login.decisions)
    return sorted({name for name in names if name})[:SHOWN]


def _clock_difference(latest: list[Any]) -> int | None:
    """A message takes its time, so of several logins the one that says most is the nearest to the truth."""
    return max((seen for login in latest if (seen := login.clock_difference) is not None), default=None)

"""Health of a connection, from its login records. Eight queries, each on an index, for any number of logins; three more
if the latest login failed. A test by an admin is not a login: it shows whether the settings work.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Q

from accounts.connections.settings_digest import digest_of
from accounts.groups.groups import SeenIdentifier, seen_identifiers
from accounts.models import Connection, LoginRecord
from accounts.models.identity import Beginning, LoginOutcome
from accounts.unrecorded_refusals import Counted, counted_since
from spaces.names_in_logins import unknown_spaces

WITHIN = timedelta(hours=24)
LOOKED_AT = 100  # latest successful logins
ENOUGH = 5  # logins without groups until they count as stopped
SHOWN = 10


class Groups(StrEnum):
    NEVER = "never"
    ARRIVING = "arriving"
    STOPPED = "stopped"
    FEW = "few"  # seen once; fewer than ENOUGH logins since


@dataclass(frozen=True)
class Health:
    """`signed_in`, `refused`: logins within WITHIN; `counted`: refusals in that time that were not recorded.

    `clock_difference`: seconds that the provider's clock is ahead. `passed_since`: a test with the current settings
    that passed after the last failure.
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
    passed_since: LoginRecord | None = None

    @property
    def is_failing(self) -> bool:
        """Whether no login succeeded and no test passed since the last failure."""
        return self.passed_since is None and _has_failed_last(self.last_success, self.last_failure)

    @property
    def clock_is_off(self) -> bool:
        return abs(self.clock_difference or 0) * 2 > self.allowed_skew

    @property
    def clock_sentence(self) -> str:
        seconds = self.clock_difference or 0
        if abs(seconds) <= 1:
            return "none"
        return f"the identity provider's clock is {abs(seconds)} s {'ahead' if seconds > 0 else 'behind'}"


def health_of(connection: Connection, now: datetime) -> Health:
    records = LoginRecord.objects.in_account(connection.account_id).filter(connection=connection)
    good, bad = (records.filter(outcome=outcome) for outcome in (LoginOutcome.SIGNED_IN, LoginOutcome.REFUSED))
    bad = bad.exclude(beginning=Beginning.TEST)
    # The latest logins, with `had_groups` in place of their long lists of groups.
    had_groups = Q(group_ids__isnull=False) | Q(identity__groups_overage=True)
    seen = good.annotate(had_groups=had_groups).only("reference", "at", "clock_difference")
    latest: list[Any] = list(seen.order_by("-at")[:LOOKED_AT])
    # The largest difference: transport delays make it smaller.
    differences = (login.clock_difference for login in latest if login.clock_difference is not None)
    success, failure = latest[0] if latest else None, bad.only("reference", "at").order_by("-at").first()
    return Health(
        last_success=success,
        last_failure=failure,
        signed_in=good.filter(at__gte=now - WITHIN).count(),
        refused=bad.filter(at__gte=now - WITHIN).count(),
        counted=counted_since(connection, now - WITHIN),
        groups=_groups(connection, latest),
        unmapped_groups=seen_identifiers(connection.account, SHOWN, of=connection),
        unknown_spaces=unknown_spaces(connection, now - WITHIN, SHOWN),
        clock_difference=max(differences, default=None),
        allowed_skew=connection.clock_skew,
        passed_since=_passed_since(connection, failure) if failure and _has_failed_last(success, failure) else None,
    )


def _has_failed_last(success: LoginRecord | None, failure: LoginRecord | None) -> bool:
    return failure is not None and (success is None or success.at < failure.at)


def _passed_since(connection: Connection, failure: LoginRecord) -> LoginRecord | None:
    """Return the latest test of the live settings after the failure; tests of a draft do not count."""
    tests = connection.logins.filter(account=connection.account_id, outcome=LoginOutcome.TESTED, at__gt=failure.at)
    return tests.filter(settings_digest=digest_of(connection)).only("reference", "at").order_by("-at").first()


def _groups(connection: Connection, latest: list[Any]) -> Groups:
    if connection.groups_seen_at is None:
        return Groups.NEVER
    if any(login.had_groups for login in latest[:ENOUGH]):
        return Groups.ARRIVING
    return Groups.STOPPED if len(latest) >= ENOUGH else Groups.FEW

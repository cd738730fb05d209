"""Enforcing SSO for an account: only what was tried out may become the only way in (`docs/decisions/0014`)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts import sessions
from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.connections.consent import check_verb
from accounts.connections.settings_digest import digest_of
from accounts.errors import ActionRefused
from accounts.models import Account, Connection, LoginRecord
from accounts.models.identity import ConnectionState, LoginOutcome
from accounts.models.user import UserOrigin
from accounts.passwords import policy as password_policy
from accounts.passwords import recovery_codes
from accounts.rights import account_admins
from accounts.tokens import tokens

TEST_HOLDS_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class Readiness:
    """`lacking`: what this live connection still needs, a sentence; empty: its `test` is of exactly these settings."""

    connection: Connection
    test: LoginRecord | None
    lacking: str = ""


def readiness(account: Account) -> list[Readiness]:
    """Of each live connection, by name."""
    live = Connection.objects.in_account(account).live()
    return [readiness_of(connection) for connection in live.order_by("name")]


@transaction.atomic
def enforce_sso(account: Account, *, acting: Actor) -> list[str]:
    """Allow passwords for account admins only; returns the recovery codes, shown this once.

    Raises ActionRefused, unless a live connection has passed a test of exactly its present settings, and for people
    who are no account admins themselves.
    """
    recovery_codes.check_may_see(account, acting)
    row = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    if row.sso_enforced_at is not None:
        raise ActionRefused("sso-enforced", f"Expected an account that does not enforce SSO yet; {row} does.")
    # Changes of a connection's settings wait until this is decided.
    live = Connection.objects.in_account(row).live().order_by("pk")
    ready = _first_ready(readiness_of(connection) for connection in live.select_for_update(no_key=True))
    _check_somebody_can_come_in(row)
    account.sso_enforced_at = row.sso_enforced_at = timezone.now()
    row.save(update_fields=["sso_enforced_at"])
    people = password_policy.shut_out(row)
    ended = sessions.close_password_sessions(people, "SSO is enforced") + tokens.revoke_short_tokens(people)
    codes = recovery_codes.replace(row)
    changes = {
        "sso_enforced": [False, True],
        "tested_by": [None, ready.test and ready.test.reference],
        "connection": [None, ready.connection.name],
        "people_shut_out": [0, people.count()],
        "sessions": [ended, 0],
        "recovery_codes": [0, len(codes)],
    }
    audit.record(acting, "account.sso-enforced", row, changes)
    return codes


@transaction.atomic
def lift_enforcement(account: Account, *, acting: Actor) -> bool:
    """Allow passwords again, delete the recovery codes. False when SSO was not enforced. Raises PermissionsExceeded."""
    check_verb("lift_enforcement", account.pk, acting)
    row = Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    account.sso_enforced_at = None
    if row.sso_enforced_at is None:
        return False
    row.sso_enforced_at = None
    row.save(update_fields=["sso_enforced_at"])
    changes = {"sso_enforced": [True, False], "recovery_codes": [recovery_codes.left(row), 0]}
    recovery_codes.forget(row)
    audit.record(acting, "account.sso-enforcement-lifted", row, changes)
    return True


def readiness_of(connection: Connection) -> Readiness:
    """Of the settings as they are on this object, be they live or a draft's."""
    tests = LoginRecord.objects.in_account(connection.account_id).filter(
        connection=connection, outcome=LoginOutcome.TESTED
    )
    passed = tests.filter(settings_digest=digest_of(connection)).order_by("-at")
    by_admins = passed.filter(tester__in=account_admins(connection.account_id))
    test = by_admins.defer("message", "attributes", "steps").select_related("tester").first()
    return Readiness(connection, test, _lacking(test, tests.exists(), passed.exists()))


def _lacking(test: LoginRecord | None, any_test: bool, any_of_these_settings: bool) -> str:
    if test is not None and timezone.now() - test.at <= TEST_HOLDS_FOR:
        return ""
    if test is not None:
        return "The last test that passed is older than 24 hours. Test the connection again."
    if any_of_these_settings:
        return "These settings passed a test, but not one by somebody who is an account admin now. Let one test them."
    if any_test:
        return "Its settings were changed after the last test that passed. Test it as it is now."
    return "No test login has passed yet. Test the connection first."


def _first_ready(found: Iterable[Readiness]) -> Readiness:
    """Raises ActionRefused."""
    seen = list(found)
    if ready := next((one for one in seen if not one.lacking), None):
        return ready
    if not seen:
        raise ActionRefused(
            "no-tested-live-connection",
            "Expected a live connection that passed a test login; received none that is live.",
        )
    reasons = " ".join(f"{one.connection}: {one.lacking}" for one in seen)
    raise ActionRefused(
        "enforcement-untested",
        "Expected a test login of exactly the live settings, passed by an account admin within the last 24 hours;"
        f" received none. {reasons}",
    )


def _check_somebody_can_come_in(account: Account) -> None:
    """R19. Raises ActionRefused."""
    has_password = Q(origin=UserOrigin.PASSWORD) & ~Q(password__startswith="!")
    known_there = Q(identities__connection__state=ConnectionState.LIVE)
    if not account_admins(account).filter(has_password | known_there).exists():
        raise ActionRefused(
            "enforcement-locks-out-admins",
            "Expected an account admin who could still log in: one with a password, or one who has logged in through a"
            " live connection; received none. Let an account admin log in through the identity provider once.",
        )

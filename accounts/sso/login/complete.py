"""complete_login: from verified claims to a user with the right spaces, roles and groups, in one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import login_records, tasks
from accounts.audit.audit import Actor
from accounts.connections import agreed_permissions
from accounts.connections.agreed_words import not_allowed
from accounts.connections.scope import foreign_domain
from accounts.connections.vendors import VENDORS
from accounts.models import AccountRole, Connection, ExternalIdentity, LoginRecord, User
from accounts.models.identity import JustInTime, LoginOutcome, UpdatePolicy
from accounts.models.user import UserState
from accounts.rights import permissions_of_role
from accounts.sso.claims import IdentityClaims
from accounts.sso.login import matching, received_groups
from accounts.sso.refusal import LoginRefused
from accounts.sso.refusals.row import Part
from accounts.sso.trace import Mark, Trace
from accounts.users import protection, users
from accounts.users.protection import Protected
from common import time_zones
from common.folding import fold
from spaces import mapping_words
from spaces.idp_roles import apply_idp_roles, map_login

log = structlog.get_logger(__name__)

# Another login, or a SCIM create, of the same user can win a race; the next try then finds that user.
TRIES = 4
_SHOWN_ZONE = 100  # characters of a time zone in a sentence


@dataclass(frozen=True)
class CompletedLogin:
    user: User
    record: LoginRecord


@dataclass
class _Login:
    """What one attempt works on, and the decisions it takes."""

    claims: IdentityClaims
    connection: Connection
    acting: Actor
    trace: Trace
    decisions: list[str] = field(default_factory=list)

    def decided(self, part: Part, sentences: Iterable[str], mark: Mark = Mark.PASSED) -> None:
        """For the record: a decision, and a step."""
        new = list(sentences)
        self.decisions += new
        self.trace.add(part, new, mark)


def complete_login(
    claims: IdentityClaims,
    connection: Connection,
    *,
    signed_in: User | None = None,
    ip_address: str | None = None,
    trace: Trace | None = None,
) -> CompletedLogin:
    """Sign the user in: all that they can see is done here, at once; the group sync follows after commit.

    Raises LoginRefused; then nothing is written but, by the caller, the login record.
    """
    acting = Actor(f"login through {connection.name}", ip_address=ip_address)
    trace = trace or Trace()
    before = len(trace.steps)
    for _ in range(TRIES):
        del trace.steps[before:]
        login = _Login(claims, connection, acting, trace)
        try:
            with transaction.atomic():
                return _complete(login, signed_in)
        except (IntegrityError, matching.ChangedMeanwhile) as conflict:
            log.warning("A login met another change of the same user", conflict=type(conflict).__name__)
    raise LoginRefused("conflict", "no other change of the same user at the same time", f"one at each of {TRIES} tries")


def _complete(login: _Login, signed_in: User | None) -> CompletedLogin:
    claims, connection = login.claims, login.connection
    _use_message_once(claims, connection)
    match = matching.find(claims, connection, signed_in)
    login.decided(Part.PERSON, [match.sentence])
    login.decided(Part.PERSON, claims.remarks, Mark.NOTED)
    user, first = _activate(login, match.user)
    identity = match.identity or ExternalIdentity.objects.create(
        account_id=user.account_id, connection=connection, user=user, subject=claims.subject, issuer=claims.issuer
    )
    if first or connection.update_policy != UpdatePolicy.FIRST:
        login.decided(Part.PROFILE, _update_profile(login, user))
    if first or connection.update_policy == UpdatePolicy.EVERYTHING:
        _give_rights(login, user, first=first)
    claims = login.claims = received_groups.settled(claims, connection)
    groups = received_groups.remember(identity, claims, connection)
    login.decided(Part.GROUPS, groups, Mark.NOTED if claims.groups_unread else Mark.PASSED)
    own = {"user": user, "identity": identity, "login_sequence": identity.login_sequence}
    record = record_of(claims, connection, LoginOutcome.SIGNED_IN, login.decisions, login.trace, **own)
    _log(claims, connection, record.group_ids)
    if identity.synced_sequence < identity.login_sequence:
        transaction.on_commit(lambda: tasks.wake_group_sync(identity.pk), robust=True)
    return CompletedLogin(user, record)


def _use_message_once(claims: IdentityClaims, connection: Connection) -> None:
    if not claims.message_id:
        return
    expires_at = claims.message_expires_at or timezone.now() + timedelta(days=1)
    if not login_records.use_once(connection, claims.message_id, expires_at):
        raise LoginRefused(
            "message-replayed", "a message that was not used before", "one that was used for an earlier login"
        )


def _activate(login: _Login, user: User | None) -> tuple[User, bool]:
    """The user, active, and whether this is their first login. Raises LoginRefused."""
    claims = login.claims
    _check_may_sign_in(claims, login.connection, user)
    if user is None:
        created = users.create_from_login(login.connection.account, claims.email, acting=login.acting)
        login.decided(Part.PERSON, [f"Created {created.email} at this first login."])
        return created, True
    if user.state == UserState.PENDING:
        users.activate_pending(user, acting=login.acting)
        login.decided(Part.PERSON, [f"{user.email} was pending and is active now, with the access prepared for them."])
        return user, True
    return user, False


def _check_may_sign_in(claims: IdentityClaims, connection: Connection, user: User | None) -> None:
    """`user`: the one that the login matched, None: there is none. Raises LoginRefused.

    A deprovisioned user stays out whatever the connection says: else the next login would undo what the IdP decided.
    """
    nobody = f"'{claims.email}', who has no user here"
    if user is not None and user.state == UserState.DEPROVISIONED:
        raise LoginRefused("deprovisioned", "a user with access", f"{user.email}, who was deprovisioned")
    if connection.just_in_time == JustInTime.OFF and (user is None or user.state == UserState.PENDING):
        expected = f"an active user, as connection '{connection.name}' takes no new users"
        raise LoginRefused("no-new-people", expected, f"{user}, who is pending" if user else nobody)
    if connection.just_in_time == JustInTime.ANNOUNCED and user is None:
        expected = f"a user created by provisioning, as connection '{connection.name}' is set"
        raise LoginRefused("not-announced", expected, nobody)
    if user is None and (foreign := foreign_domain(connection.account_id, connection.pk, [claims.email])):
        raise matching.of_foreign_domain(claims, foreign)


def _update_profile(login: _Login, user: User) -> list[str]:
    """Bring names, e-mail and time zone up to date (`requirements.md` section 2); what was changed or refused."""
    claims = login.claims
    decisions: list[str] = []
    wanted = {name: value for name in ("first_name", "last_name") if (value := getattr(claims, name)[:150])}
    if _email_may_follow(user, claims, login.connection, decisions):
        wanted["email"] = claims.email
    if claims.timezone and (zone := _zone(user, claims.timezone, decisions)):
        wanted["timezone"] = zone
    changes = users.update_profile(user, wanted, acting=login.acting)
    labels = {"first_name": "First name", "last_name": "Last name", "email": "E-mail", "timezone": "Time zone"}
    return decisions + [
        f"{labels[name]} set to '{after}'" + (f" (was '{before}')." if before else ".")
        for name, (before, after) in changes.items()
    ]


def _zone(user: User, sent: str, decisions: list[str]) -> str:
    """The IANA name of the time zone that was sent; empty for one that is not read, and the user's stays."""
    zone, shown = time_zones.iana_of(sent), sent[:_SHOWN_ZONE]
    if zone and zone != sent:
        decisions.append(f"Time zone '{shown}' is a Windows name: it is read as {zone}.")
    elif not zone:
        kept = f"'{user.timezone}' stays" if user.timezone else "none is set"
        decisions.append(f"Time zone '{shown}' is no IANA name such as Europe/Paris: {kept}.")
        if advice := time_zones.advice(sent):
            decisions.append(f"Time zone '{shown}': {advice}")
    return zone


def _email_may_follow(user: User, claims: IdentityClaims, connection: Connection, decisions: list[str]) -> bool:
    """An e-mail that changed in the IdP follows, unless somebody else here has it, the IdP does not vouch for it, or
    another connection speaks for its domain."""
    if user.email == claims.email:
        return False
    if fold(user.email) == fold(claims.email):
        return True
    if not claims.email_trusted:
        why = "is a guest's" if claims.guest else "is not verified by the provider"
        decisions.append(f"E-mail '{claims.email}' {why}: '{user.email}' stays.")
        return False
    if foreign := foreign_domain(connection.account_id, connection.pk, [claims.email]):
        decisions.append(f"E-mail '{claims.email}' has the domain {foreign}: '{user.email}' stays.")
        return False
    others = User.objects.in_account(user.account_id).exclude(pk=user.pk)
    if others.filter(email_key=fold(claims.email)).exists():
        decisions.append(f"E-mail '{claims.email}' belongs to another user of this account: '{user.email}' stays.")
        return False
    return True


def _give_rights(login: _Login, user: User, *, first: bool) -> None:
    claims, connection = login.claims, login.connection
    assignment = map_login(user, connection, claims.space_names, claims.space_roles, first=first)
    login.decided(Part.RIGHTS, mapping_words.sentences(assignment.decisions), Mark.NOTED)
    changes = apply_idp_roles(user, connection, assignment, first=first, acting=login.acting)
    login.decided(Part.RIGHTS, mapping_words.sentences(changes))
    if claims.account_role:
        login.decided(Part.RIGHTS, [_give_account_role(login, user)], Mark.NOTED)


def _give_account_role(login: _Login, user: User) -> str:
    """R18: an attribute makes no user more than a member, unless the connection lists that role as one it may grant,
    and an account admin agreed to all that the role allows by now."""
    asked = login.claims.account_role
    role: AccountRole | None = login.connection.grantable_account_roles.filter(name=asked).first()
    if role is None:
        stays = f"it stays '{user.account_role}'."
        return f"Account role '{asked}' was requested, which this connection may not grant: {stays}"
    missing = agreed_permissions.lacking(login.connection, permissions_of_role(role))
    if missing and role != user.account_role:
        what = f"Account role '{role}' was requested and not given: it"
        return not_allowed(what, missing, login.connection.name)
    try:
        changed = users.set_account_role(user, role, acting=login.acting)
    except Protected as refusal:
        protection.remember(refusal)
        return f"Account role '{role}' was requested and not given: {refusal}"
    return f"Account role set to '{role}'." if changed else f"Account role '{role}' as before."


def record_of(
    claims: IdentityClaims, connection: Connection, outcome: str, decisions: list[str], trace: Trace, **own: Any
) -> LoginRecord:
    """The record of a login that passed, or of a test of one; `own`: fields that only one of them has."""
    return LoginRecord.objects.create(
        account_id=connection.account_id,
        reference=login_records.new_reference(),
        connection=connection,
        outcome=outcome,
        email=claims.email,
        subject=claims.subject,
        decisions=decisions,
        group_ids=None if claims.group_ids is None else list(claims.group_ids),
        **trace.for_record(),
        **own,
    )


def _log(claims: IdentityClaims, connection: Connection, group_ids: list[str] | None) -> None:
    """The line that the product's public description tells admins to look for."""
    seen: dict[str, Any] = {"connection": connection.name, "connection_type": connection.protocol}
    name = VENDORS[connection.vendor].log_name
    log.info(f"Valid login through {name} Idp detected", **seen, group_ids=group_ids, overage=claims.groups_overage)

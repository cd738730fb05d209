"""complete_login: from verified claims to a person with the right spaces, roles and groups, in one transaction."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import tasks
from accounts.models import AccountRole, Connection, ConsumedMessage, ExternalIdentity, LoginRecord, User
from accounts.models.identity import LoginOutcome, UpdatePolicy
from accounts.models.user import UserState
from accounts.services import login_records, users
from accounts.services.audit import Actor
from accounts.sso import matching, profile_update, received_groups
from accounts.sso.claims import IdentityClaims
from accounts.sso.refusal import LoginRefused, Side
from accounts.vendors import VENDORS
from spaces.services.idp_roles import apply_idp_roles, map_login

log = structlog.get_logger(__name__)

# Another login, or a SCIM create, of the same person can win a race; the next try then finds that user.
TRIES = 4


@dataclass(frozen=True)
class CompletedLogin:
    user: User
    record: LoginRecord


@dataclass
class _Login:
    """What one attempt works on, and the sentences it gathers."""

    claims: IdentityClaims
    connection: Connection
    acting: Actor
    decisions: list[str] = field(default_factory=list)


def complete_login(
    claims: IdentityClaims, connection: Connection, *, signed_in: User | None = None, ip_address: str | None = None
) -> CompletedLogin:
    """Signs the person in: everything they can see is done here, at once; the group sync follows after commit.

    Raises LoginRefused; then nothing is written but, by the caller, the login record.
    """
    for _ in range(TRIES):
        login = _Login(claims, connection, Actor(f"login through {connection.name}", ip_address=ip_address))
        try:
            with transaction.atomic():
                return _complete(login, signed_in)
        except (IntegrityError, matching.LinkedMeanwhile) as conflict:
            log.warning("A login met another change of the same person", conflict=type(conflict).__name__)
    raise LoginRefused(
        "conflict",
        expected="no other change of the same person at the same moment",
        received=f"one at each of {TRIES} tries",
        side=Side.TORQUE,
        next_step="Try again; if it stays so, give the reference to the operator of this installation.",
    )


def _complete(login: _Login, signed_in: User | None) -> CompletedLogin:
    claims, connection = login.claims, login.connection
    _use_message_once(claims, connection)
    match = matching.find(claims, connection, signed_in)
    login.decisions += [match.sentence, *claims.remarks]
    user, first = _come_in(login, match.user)
    identity = match.identity or _link(login, user)
    profile_update.apply(user, claims, connection, first=first, acting=login.acting, decisions=login.decisions)
    if first or connection.update_policy == UpdatePolicy.EVERYTHING:
        _give_rights(login, user, first=first)
    received_groups.remember(identity, claims, connection, login.decisions)
    record = _record(login, user, identity)
    _log(claims, connection)
    if identity.synced_sequence < identity.login_sequence:
        transaction.on_commit(lambda: tasks.wake_group_sync(identity.pk), robust=True)
    return CompletedLogin(user, record)


def _use_message_once(claims: IdentityClaims, connection: Connection) -> None:
    """R25: the unique key decides, also between two web processes."""
    if not claims.message_id:
        return
    expires_at = claims.message_expires_at or timezone.now() + timedelta(days=1)
    _, created = ConsumedMessage.objects.get_or_create(
        account_id=connection.account_id,
        connection=connection,
        message_id=login_records.digest(claims.message_id),
        defaults={"expires_at": expires_at},
    )
    if not created:
        raise LoginRefused(
            "message-replayed",
            expected="a message that was not used before",
            received="one that was used for an earlier login",
            side=Side.PERSON,
            next_step="Start again from the sign-in page.",
        )


def _come_in(login: _Login, user: User | None) -> tuple[User, bool]:
    """The person, active, and whether this is their first login."""
    claims = login.claims
    if user is None:
        created = users.create_from_login(login.connection.account, claims.email, acting=login.acting)
        login.decisions.append(f"Created {created.email} at this first login.")
        return created, True
    if user.state == UserState.DEPROVISIONED:
        raise LoginRefused(
            "deprovisioned",
            expected="a person who still has access",
            received=f"{user.email}, who was deprovisioned",
            side=Side.IDENTITY_PROVIDER,
            next_step="Assign the person to the application again, so that provisioning restores them.",
        )
    if user.state == UserState.PENDING:
        users.activate_pending(user, acting=login.acting)
        login.decisions.append(f"{user.email} was pending and is active now: the same user, with what they were given.")
        return user, True
    return user, False


def _link(login: _Login, user: User) -> ExternalIdentity:
    return ExternalIdentity.objects.create(
        account_id=user.account_id,
        connection=login.connection,
        user=user,
        subject=login.claims.subject,
        issuer=login.claims.issuer,
    )


def _give_rights(login: _Login, user: User, *, first: bool) -> None:
    claims, connection = login.claims, login.connection
    assignment = map_login(user, connection, claims.space_names, claims.space_roles, first=first)
    login.decisions += assignment.decisions
    login.decisions += apply_idp_roles(user, connection, assignment, first=first, acting=login.acting)
    if claims.account_role:
        login.decisions.append(_give_account_role(login, user))


def _give_account_role(login: _Login, user: User) -> str:
    """R18: an attribute makes nobody more than a member, unless the connection lists that role as one it may grant."""
    asked = login.claims.account_role
    role: AccountRole | None = login.connection.grantable_account_roles.filter(name=asked).first()
    if role is None:
        stays = f"it stays '{user.account_role}'."
        return f"Account role '{asked}' was asked for, which this connection may not grant: {stays}"
    changed = users.set_account_role(user, role, acting=login.acting)
    return f"Account role set to '{role}'." if changed else f"Account role '{role}' as before."


def _record(login: _Login, user: User, identity: ExternalIdentity) -> LoginRecord:
    claims = login.claims
    return LoginRecord.objects.create(
        account_id=user.account_id,
        reference=login_records.new_reference(),
        connection=login.connection,
        user=user,
        identity=identity,
        login_sequence=identity.login_sequence,
        outcome=LoginOutcome.SIGNED_IN,
        email=claims.email,
        subject=claims.subject,
        decisions=login.decisions,
        group_ids=None if claims.group_ids is None else list(claims.group_ids),
    )


def _log(claims: IdentityClaims, connection: Connection) -> None:
    """The line that the product's public description tells admins to look for."""
    seen: dict[str, Any] = {"connection": connection.name, "connection_type": connection.protocol}
    group_ids = None if claims.group_ids is None else list(claims.group_ids)
    name = VENDORS[connection.vendor].log_name
    log.info(f"Valid login through {name} Idp detected", **seen, group_ids=group_ids, overage=claims.groups_overage)

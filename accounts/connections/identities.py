"""Removing external identities: the person's next login links again, as `accounts.sso.login.matching` finds them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from accounts import sessions
from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.connections.domains.sign_in_choices import live_connections_for_email
from accounts.errors import ActionRefused
from accounts.models import Account, Connection, ExternalIdentity, User
from accounts.models.user import UserState
from accounts.rights import account_admins, beyond, check_may_act_on, is_admin_by_own_role
from accounts.users.protection import Protected

AT_ONCE = 500  # rows of one statement


@dataclass(frozen=True)
class Removed:
    """How many identities were removed, of how many people, and how many sessions ended; and a sentence for each person
    who keeps theirs."""

    identities: int
    people: int
    sessions: int
    refused: tuple[str, ...] = ()


@transaction.atomic
def remove_identity(identity: ExternalIdentity, *, acting: Actor) -> Removed:
    """Remove one identity and end the sessions that were opened with it.

    Raises ActionRefused where it is gone, PermissionsExceeded for a person who may do more than the actor, and
    Protected where the last account admin would have no way to sign in.
    """
    rows = locked(identity.account_id, Q(pk=identity.pk))
    if not rows:
        raise ActionRefused("identity-removed", f"Expected an identity of {identity.user}; it was removed already.")
    check_may_act_on([rows[0].user], acting)
    _check_last_admin_can_sign_in(rows[0].user, rows)
    return delete(rows, acting=acting)


@transaction.atomic
def remove_identities_of(
    user_ids: Iterable[UUID], account: Account, *, acting: Actor, connection: Connection | None = None
) -> Removed:
    """Remove all identities of these people, or those at one connection. People with more permissions than the actor,
    and a last account admin who could not sign in any more, keep theirs and are named."""
    at_connection = Q(connection=connection) if connection else Q()
    rows = locked(account.pk, Q(user__in=list(user_ids)) & at_connection)
    people = {row.user_id: row.user for row in rows}
    refused = {pk: str(why) for pk, why in beyond(people.values(), acting).items()}
    for user in people.values():
        try:
            _check_last_admin_can_sign_in(user, rows)
        except Protected as why:
            refused[user.pk] = str(why)
    done = delete([row for row in rows if row.user_id not in refused], acting=acting)
    return replace(done, refused=tuple(refused.values()))


def locked(account_id: UUID, condition: Q) -> list[ExternalIdentity]:
    """Those identities with their users, both locked in the order in which a login locks its own."""
    found = ExternalIdentity.objects.in_account(account_id).filter(condition, user__erased_at=None)
    people = found.select_related("user__account", "user__account_role", "connection")
    return list(people.select_for_update(of=("self", "user")).order_by("pk"))


def delete(rows: Sequence[ExternalIdentity], *, acting: Actor) -> Removed:
    """Remove these identities, locked, with an audit entry for each. The caller has checked that the actor may."""
    ended = 0
    for start in range(0, len(rows), AT_ONCE):
        batch, account_id = rows[start : start + AT_ONCE], rows[0].account_id
        keys = [row.pk for row in batch]
        closed = sessions.close_of_identities(account_id, keys, acting.label)
        entries = [
            (
                row.user,
                {"identity": [f"{row.connection}: {row.subject}", None], "sessions": [closed.get(row.pk, []), []]},
            )
            for row in batch
        ]
        audit.record_all(acting, "user.identity-removed", entries)
        ExternalIdentity.objects.in_account(account_id).filter(pk__in=keys).delete()
        ended += sum(map(len, closed.values()))
    return Removed(len(rows), len({row.user_id for row in rows}), ended)


def links_again_through(user: User) -> list[Connection]:
    """The live connections through which the person's next login finds them by their e-mail, if it has no identity."""
    return [row for row in live_connections_for_email(user.email) if row.account_id == user.account_id]


def _check_last_admin_can_sign_in(user: User, removed: Iterable[ExternalIdentity]) -> None:
    """R19. Raises Protected."""
    if user.state != UserState.ACTIVE or not is_admin_by_own_role(user) or user.has_usable_password():
        return
    kept = user.identities.exclude(pk__in=[row.pk for row in removed])
    if account_admins(user.account_id).exclude(pk=user.pk).exists() or kept.exists() or links_again_through(user):
        return
    raise Protected(
        "last-admin-identity",
        f"{user} is the last account admin and could not sign in without this identity: they have no password, and"
        " their email is of no domain that is verified for a live connection. Verify the domain first, or make somebody"
        " else an account admin.",
    )

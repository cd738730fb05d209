"""What a person may do in their account, and on whom they may act (`docs/decisions/0019`).

A person's *effective permissions* are those of their own account role and of the account roles of all their groups.
Nothing else in the product reads the permissions of somebody's account role: `tools.house_rules` keeps it so.
"""

from collections.abc import Collection, Iterable
from itertools import chain
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from accounts.audit.audit import OPERATOR, Actor
from accounts.errors import ActionRefused
from accounts.models import Account, AccountRole, Group, GroupMembership, User
from accounts.models.user import UserState
from accounts.permissions import ACCOUNT_ADMIN, Permission

ALL = frozenset(str(permission) for permission in Permission)
# Of a row of groups: the permissions that membership gives, a list; None where the group has no account role.
GIVEN_BY_GROUP = F("account_role__permissions")


class PermissionsExceeded(ActionRefused):
    """The target has, or the change gives, permissions that the actor does not have (HTTP 403)."""


def account_permissions(user: User) -> set[str]:
    """The person's effective permissions; none once their access has ended. One query beside their account role."""
    if user.state == UserState.DEPROVISIONED:
        return set()
    through_groups = _group_permissions(user.account_id, [user.pk]).values_list(
        "group__account_role__permissions", flat=True
    )
    return {*user.account_role.permissions, *chain.from_iterable(through_groups)}


def account_permissions_of(account_id: UUID, user_ids: Collection[UUID]) -> dict[UUID, set[str]]:
    """The effective permissions of each of these people of one account, in two queries."""
    people = User.objects.in_account(account_id).filter(pk__in=user_ids).with_access()
    held = {pk: set(listed) for pk, listed in people.values_list("pk", "account_role__permissions")}
    through_groups = _group_permissions(account_id, held)
    for pk, listed in through_groups.values_list("user_id", "group__account_role__permissions"):
        held[pk].update(listed)
    return held


def permissions_of_roles(user: User, group_roles: Iterable[AccountRole | None]) -> set[str]:
    """As `account_permissions`, where the account roles of the person's groups are at hand."""
    return {*user.account_role.permissions, *chain.from_iterable(role.permissions for role in group_roles if role)}


def permissions_of_actor(acting: Actor, account_id: UUID) -> set[str] | None:
    """What the acting person may do, as committed by now.

    None: no person acts. What the operator, a connection and provisioning may do is decided by their own rules.
    """
    if acting.user_id is None or acting.automatic:
        return None
    found = User.objects.in_account(account_id).present().filter(pk=acting.user_id)
    person: User | None = found.with_access().select_related("account_role").first()
    held = account_permissions(person) if person is not None else set()
    return held if acting.limited_to is None else held & acting.limited_to


def check_has(permissions: Iterable[str], account_id: UUID, acting: Actor, what: str) -> None:
    """Check that the acting person has these permissions. `what` begins the sentence: "Account role 'Helpdesk' has".

    Raises PermissionsExceeded.
    """
    held = permissions_of_actor(acting, account_id)
    if held is not None and (missing := set(permissions) - held):
        raise _exceeds(what, missing)


def check_may_grant(role: AccountRole, acting: Actor) -> None:
    """Check that the acting person has every permission of the role. Raises PermissionsExceeded."""
    check_has(role.permissions, role.account_id, acting, f"Account role '{role}' has")


def check_may_change_group(group: Group, acting: Actor) -> None:
    """Check that the group gives no permission that the acting person lacks. Raises PermissionsExceeded."""
    if group.account_role is not None:
        check_has(group.account_role.permissions, group.account_id, acting, f"Group '{group}' gives")


def with_permissions(account_id: UUID) -> Q:
    """Of a query of people of this account: those with any effective permission."""
    giving = GroupMembership.objects.in_account(account_id).filter(
        user=OuterRef("pk"), group__account_role__isnull=False
    )
    return ~Q(account_role__permissions=[]) | Q(Exists(giving.exclude(group__account_role__permissions=[])))


def check_may_act_on(people: Iterable[User], acting: Actor) -> None:
    """Check that nobody of these people of one account has a permission that the acting person lacks.

    Ask before a change of password, e-mail, user name, external ID, identities, sessions, account role or group
    memberships, and before somebody is deprovisioned, restored or deleted. Raises PermissionsExceeded for the first.
    """
    for refusal in beyond(people, acting).values():
        raise refusal


def beyond(people: Iterable[User], acting: Actor) -> dict[UUID, PermissionsExceeded]:
    """Those of these people of one account who have a permission that the acting person lacks, each with the refusal.

    Four queries at most, however many people.
    """
    targets = {person.pk: person for person in people if person.pk != acting.user_id}
    account_id = next((person.account_id for person in targets.values()), None)
    held = permissions_of_actor(acting, account_id) if account_id else None
    if account_id is None or held is None:
        return {}
    found = account_permissions_of(account_id, targets).items()
    return {pk: _exceeds(f"{targets[pk]} has", theirs - held) for pk, theirs in found if theirs - held}


def is_account_admin(acting: Actor, account_id: UUID) -> bool:
    """Whether the acting person has all account permissions; so has the operator. Connections and provisioning never.

    For what `Manage Single Sign-On` alone may prepare only (`docs/decisions/0020`).
    """
    held = permissions_of_actor(acting, account_id)
    return acting == OPERATOR if held is None else held >= ALL


def check_is_account_admin(acting: Actor, account_id: UUID, what: str, why: str) -> None:
    """Check `is_account_admin`. `what` begins the sentence: "Enabling a connection"; `why` follows "because".

    Raises PermissionsExceeded.
    """
    if not is_account_admin(acting, account_id):
        raise PermissionsExceeded(
            "account-admin-needed",
            f"{what} needs an account admin, because {why}. Ask somebody with all account permissions to do it.",
        )


def permissions_of_role(role: AccountRole | None) -> frozenset[str]:
    """What the role gives, to whom or what has it; of None nothing."""
    return frozenset(role.permissions) if role is not None else frozenset()


def account_admins(account: "Account | UUID") -> "QuerySet[User]":
    """Active users whose own account role is Account Admin (`UserQuerySet.admins`)."""
    people: QuerySet[User] = User.objects.in_account(account).admins()
    return people


def is_admin_by_own_role(user: User) -> bool:
    """`UserQuerySet.admins`, of a user whose account role is at hand."""
    return is_admin_role(user.account_role)


def is_admin_role(role: AccountRole) -> bool:
    return role.name == ACCOUNT_ADMIN


def _exceeds(what: str, missing: Iterable[str]) -> PermissionsExceeded:
    return PermissionsExceeded(
        "permission-missing",
        f"{what} {', '.join(sorted(missing))}, which you do not have. Ask somebody who has it to make this change.",
    )


def _group_permissions(account_id: UUID, user_ids: Iterable[UUID]) -> "QuerySet[GroupMembership]":
    memberships = GroupMembership.objects.in_account(account_id)
    return memberships.filter(user__in=list(user_ids), group__account_role__isnull=False)

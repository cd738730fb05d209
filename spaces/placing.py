"""Placing people in a space by hand, one or some hundreds at once, and taking them out, also at deprovisioning."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.deprovisioning.cleanup import Removed, cleanup_step
from accounts.errors import ActionRefused
from accounts.models import Origin, User
from accounts.models.user import UserState
from accounts.users.locking import locked_users
from spaces.models import Space, SpaceMembership, SpaceRole

_SET = ["role", "origin", "connection"]


def place_user(user: User, space: Space, role: SpaceRole, *, acting: Actor) -> bool:
    """As `place_users`, for one user. Raises ActionRefused, also for one of another account or a deprovisioned one."""
    if user.account_id != space.account_id:
        raise ActionRefused("space-of-another-account", "Expected a person, a space and a role of the same account.")
    if user.state == UserState.DEPROVISIONED:
        raise ActionRefused(
            "user-deprovisioned", f"{user} is deprovisioned: restore the user before assigning a space."
        )
    return bool(place_users([user.pk], space, role, acting=acting))


@transaction.atomic
def place_users(user_ids: Iterable[UUID], space: Space, role: SpaceRole, *, acting: Actor) -> int:
    """Gives people of the space's account a role in it by hand, which stays whatever an IdP says later.

    Gives for how many that is a change; deprovisioned users are left out. A constant number of queries. Raises
    ActionRefused for a role of another account.
    """
    if space.account_id != role.account_id:
        raise ActionRefused("space-of-another-account", "Expected a space and a role of the same account.")
    people = locked_users(user_ids, space.account)
    present = SpaceMembership.objects.in_account(space.account_id).filter(space=space, user__in=people)
    had = {m.user_id: m for m in present.select_related("role")}
    is_so = {key for key, m in had.items() if m.role_id == role.pk and m.origin == Origin.MANUAL}
    changing = [user for user in people if user.pk not in is_so]
    SpaceMembership.objects.bulk_create(
        [
            SpaceMembership(account_id=space.account_id, user=user, space=space, role=role, origin=Origin.MANUAL)
            for user in changing
        ],
        update_conflicts=True,
        unique_fields=["account", "user", "space"],
        update_fields=_SET,
    )
    before = {key: membership.role.name for key, membership in had.items()}
    changes = ((user, {space.name: [before.get(user.pk), role.name]}) for user in changing)
    audit.record_all(acting, "user.placed-in-space", changes)
    return len(changing)


@transaction.atomic
def remove_from_space(user: User, space: Space, *, acting: Actor) -> bool:
    """Remove the user's own role in a space, whatever its origin; False when they have none.

    What groups give stays, and an IdP that names the space gives its role again at the person's next login.
    """
    own = SpaceMembership.objects.in_account(space.account_id).filter(user=user, space=space)
    before = own.select_for_update().first()  # two who change it at once are written down in turn
    if before is None:
        return False
    before.delete()
    audit.record(acting, "user.taken-out-of-space", user, {space.name: [before.role.name, None]})
    return True


@cleanup_step
def leave_spaces(user: User) -> Removed:
    """Remove the user from all spaces; returns which with what role."""
    own = SpaceMembership.objects.in_account(user.account_id).filter(user=user)
    had = [
        {"space": space, "role": role, "origin": origin}
        for space, role, origin in own.values_list("space__name", "role__name", "origin")
    ]
    if had:
        own.delete()
    return {"spaces": sorted(had, key=lambda entry: entry["space"])}

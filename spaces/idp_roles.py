"""Spaces and roles from a login (`protocol.md` section 10, K8 to K11)."""

from django.db import transaction

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.models import Connection, Origin, User
from spaces import mapping_words
from spaces.models import DefaultPlacement, Space, SpaceMembership, SpaceRole
from spaces.role_mapping import Assignment, AttributeValue, Code, Decision, Placement, assign


def map_login(
    user: User, connection: Connection, space_name: AttributeValue, space_role: AttributeValue, *, first: bool
) -> Assignment:
    """Decide where this login places the user; changes nothing. `first`: their first login ever (K9)."""
    account = user.account_id
    assignment = assign(
        space_name,
        space_role,
        Space.objects.in_account(account).values_list("name", flat=True),
        SpaceRole.objects.in_account(account).values_list("name", flat=True),
    )
    if assignment.placements:
        return assignment
    code = Code.LEFT_ALONE if not first else Code.DEFAULT_USED if _default_of(connection) else Code.NO_DEFAULT
    return Assignment((), (*assignment.decisions, Decision(code)))


@transaction.atomic
def apply_idp_roles(
    user: User, connection: Connection, assignment: Assignment, *, first: bool, acting: Actor
) -> tuple[Decision, ...]:
    """Assign the user's spaces; returns a decision for each change or refusal to change.

    A manually assigned membership stays as it is; one that an earlier login made follows this login.
    """
    present = {
        membership.space_id: membership
        for membership in SpaceMembership.objects.in_account(user.account_id)
        .filter(user=user)
        .select_related("space", "role")
    }
    wanted, origin = _wanted(user, connection, assignment, first=first)
    decisions = [
        decision
        for space, role in wanted
        if (decision := _place(user, connection, space, role, origin, present.get(space.id)))
    ]
    if connection.remove_unmapped_spaces and assignment.placements and not first:
        kept = {space.id for space, _ in wanted}
        decisions += _remove(connection, [m for m in present.values() if m.space_id not in kept])
    if decisions:
        audit.record(acting, "user.spaces-mapped", user, {"spaces": [None, mapping_words.sentences(decisions)]})
    return tuple(decisions)


def _wanted(
    user: User, connection: Connection, assignment: Assignment, *, first: bool
) -> tuple[list[tuple[Space, SpaceRole]], Origin]:
    if assignment.placements:
        return _rows(user, assignment.placements), Origin.IDP
    default = _default_of(connection)
    return ([(default.space, default.role)] if default and first else []), Origin.DEFAULT


def _default_of(connection: Connection) -> DefaultPlacement | None:
    owned = DefaultPlacement.objects.in_account(connection.account_id)
    return owned.select_related("space", "role").filter(connection=connection).first()


def _rows(user: User, placements: tuple[Placement, ...]) -> list[tuple[Space, SpaceRole]]:
    spaces = Space.objects.in_account(user.account_id).filter(name__in=[p.space for p in placements])
    roles = SpaceRole.objects.in_account(user.account_id).filter(name__in={p.role for p in placements})
    space_by_name = {space.name: space for space in spaces}
    role_by_name = {role.name: role for role in roles}
    return [(space_by_name[p.space], role_by_name[p.role]) for p in placements]


def _place(
    user: User, connection: Connection, space: Space, role: SpaceRole, origin: Origin, present: SpaceMembership | None
) -> Decision | None:
    if present is None:
        SpaceMembership.objects.create(
            account_id=user.account_id, user=user, space=space, role=role, origin=origin, connection=connection
        )
        return Decision(Code.ADDED, space.name, role.name)
    before, is_same = present.role.name, present.role_id == role.id
    if present.origin == Origin.MANUAL:
        return None if is_same else Decision(Code.MANUAL_KEPT, space.name, role.name, before)
    if not is_same or present.origin != origin:
        present.role, present.origin, present.connection = role, origin, connection
        present.save(update_fields=["role", "origin", "connection"])
    return None if is_same else Decision(Code.ROLE_CHANGED, space.name, role.name, before)


def _remove(connection: Connection, others: list[SpaceMembership]) -> list[Decision]:
    leaving = [m for m in others if m.origin != Origin.MANUAL and m.connection_id == connection.id]
    SpaceMembership.objects.in_account(connection.account_id).filter(id__in=[m.id for m in leaving]).delete()
    return [Decision(Code.REMOVED, m.space.name) for m in leaving]

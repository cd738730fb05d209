"""Spaces and roles that a login brings (`protocol.md` section 10, K8 to K11)."""

from django.db import transaction

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.models import Connection, Origin, User
from spaces.models import DefaultPlacement, Space, SpaceMembership, SpaceRole
from spaces.role_mapping import Assignment, AttributeValue, Placement, assign


def map_login(
    user: User, connection: Connection, space_name: AttributeValue, space_role: AttributeValue, *, first: bool
) -> Assignment:
    """Where this login places the person, before anything is changed. `first`: their first login ever (K9)."""
    account = user.account_id
    assignment = assign(
        space_name,
        space_role,
        Space.objects.in_account(account).values_list("name", flat=True),
        SpaceRole.objects.in_account(account).values_list("name", flat=True),
    )
    if assignment.placements:
        return assignment
    if not first:
        return Assignment((), (*assignment.decisions, "No usable space in this login: spaces were left as they are."))
    return Assignment((), (*assignment.decisions, *_without_space(connection)))


def _without_space(connection: Connection) -> tuple[str, ...]:
    if _default_of(connection):
        return ("No usable space in this login: the connection's default space is used.",)
    return ("No usable space in this login, and the connection has no default space: no space was given.",)


@transaction.atomic
def apply_idp_roles(
    user: User, connection: Connection, assignment: Assignment, *, first: bool, acting: Actor
) -> tuple[str, ...]:
    """Puts the person in the assigned spaces and gives a sentence for each change or refusal to change.

    A membership that somebody gave by hand is left alone; one that an earlier login made follows this login.
    """
    present = {
        membership.space_id: membership
        for membership in SpaceMembership.objects.in_account(user.account_id)
        .filter(user=user)
        .select_related("space", "role")
    }
    wanted, origin = _wanted(user, connection, assignment, first=first)
    sentences = [
        sentence
        for space, role in wanted
        if (sentence := _place(user, connection, space, role, origin, present.get(space.id)))
    ]
    if connection.remove_unmapped_spaces and assignment.placements and not first:
        kept = {space.id for space, _ in wanted}
        sentences += _take_away(connection, [m for m in present.values() if m.space_id not in kept])
    if sentences:
        audit.record(acting, "user.spaces-mapped", user, {"spaces": [None, sentences]})
    return tuple(sentences)


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
) -> str:
    if present is None:
        SpaceMembership.objects.create(
            account_id=user.account_id, user=user, space=space, role=role, origin=origin, connection=connection
        )
        return f"Added to space '{space.name}' as '{role.name}'."
    if present.origin == Origin.MANUAL:
        if present.role_id == role.id:
            return ""
        kept = f"role '{present.role.name}' was given by hand and stays"
        return f"Space '{space.name}': {kept}; the login asked for '{role.name}'."
    before = present.role.name
    unchanged = present.role_id == role.id
    if unchanged and present.origin == origin:
        return ""
    present.role, present.origin, present.connection = role, origin, connection
    present.save(update_fields=["role", "origin", "connection"])
    return "" if unchanged else f"Space '{space.name}': role changed from '{before}' to '{role.name}'."


def _take_away(connection: Connection, others: list[SpaceMembership]) -> list[str]:
    leaving = [m for m in others if m.origin != Origin.MANUAL and m.connection_id == connection.id]
    SpaceMembership.objects.in_account(connection.account_id).filter(id__in=[m.id for m in leaving]).delete()
    return [f"Taken out of space '{m.space.name}': this login no longer names it." for m in leaving]

"""Spaces: create, update, delete, find by name; the default space of a connection."""

from django.db import IntegrityError, transaction

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.errors import ActionRefused
from accounts.models import Account, Connection
from accounts.roles.custom_roles import checked_name
from common.folding import nfc
from common.texts import listed
from spaces.models import DefaultPlacement, Space, SpaceRole


def space_named(account: Account, name: str) -> Space:
    space = Space.objects.in_account(account).filter(name=nfc(name)).first()
    if space is None:
        raise ActionRefused("space-unknown", f"Expected the name of a space of account '{account}'; received '{name}'.")
    return space


def space_role_named(account: Account, name: str) -> SpaceRole:
    role = SpaceRole.objects.in_account(account).filter(name=nfc(name)).first()
    if role is None:
        known = ", ".join(SpaceRole.objects.in_account(account).order_by("name").values_list("name", flat=True))
        raise ActionRefused("space-role-unknown", f"Expected one of the space roles {known}; received '{name}'.")
    return role


@transaction.atomic
def create_space(account: Account, name: str, *, acting: Actor) -> tuple[Space, bool]:
    """The space of that name, made when there is none; and whether it was made. Raises ActionRefused."""
    space, created = Space.objects.get_or_create(account=account, name=checked_name(name, "space"))
    if created:
        audit.record(acting, "space.created", space)
    return space, created


@transaction.atomic
def add_space(account: Account, name: str, description: str, *, acting: Actor) -> Space:
    """A new space. Raises ActionRefused, also for a name that is taken."""
    space, created = create_space(account, name, acting=acting)
    if not created:
        raise _taken(name)
    update_space(space, name, description, acting=acting)
    return space


@transaction.atomic
def update_space(space: Space, name: str, description: str, *, acting: Actor) -> bool:
    """Renames or describes a space; False when nothing changes. Raises ActionRefused.

    IdP attributes name spaces: after a renaming they have to say the new name.
    """
    values = {"name": checked_name(name, "space"), "description": description.strip()}
    changes = {field: [getattr(space, field), new] for field, new in values.items() if getattr(space, field) != new}
    if not changes:
        return False
    for field, new in values.items():
        setattr(space, field, new)
    try:
        with transaction.atomic():
            space.save(update_fields=list(changes))
    except IntegrityError:
        space.refresh_from_db()
        raise _taken(name) from None
    audit.record(acting, "space.updated", space, changes)
    return True


@transaction.atomic
def delete_space(space: Space, *, acting: Actor) -> None:
    """Deletes a space, with everybody's roles in it. Raises ActionRefused while a connection places people there."""
    space = Space.objects.in_account(space.account_id).select_for_update().get(pk=space.pk)
    check_may_be_deleted(space)
    people, groups = space.memberships.count(), space.group_roles.values("group").distinct().count()
    audit.record(acting, "space.deleted", space, {"people": [people, 0], "groups": [groups, 0]})
    space.delete()


def check_may_be_deleted(space: Space) -> None:
    """Raises ActionRefused while first logins are placed in the space by default, naming the connections."""
    placements = DefaultPlacement.objects.in_account(space.account_id).filter(space=space)
    placing = list(placements.order_by("connection__name").values_list("connection__name", flat=True))
    if placing:
        raise ActionRefused(
            "space-is-default",
            f"First logins through {listed(placing)} are placed in {space} by default:"
            " choose another default space for them before it is deleted.",
        )


def _taken(name: str) -> ActionRefused:
    return ActionRefused("space-name-taken", f"There is a space '{name}' already: expected another name.")


@transaction.atomic
def set_default_placement(connection: Connection, space: str, role: str) -> DefaultPlacement:
    """Where first logins without a usable space go (K9). Raises ActionRefused for unknown names."""
    account = connection.account
    placement, _ = DefaultPlacement.objects.update_or_create(
        account=account,
        connection=connection,
        defaults={"space": space_named(account, space), "role": space_role_named(account, role)},
    )
    return placement

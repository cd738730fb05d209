"""The verbs about spaces and space roles."""

from django.db import transaction

from accounts.errors import ActionRefused
from accounts.folding import nfc
from accounts.models import Account, Connection, Origin, User
from accounts.services import audit
from accounts.services.audit import Actor
from spaces.models import DefaultPlacement, Space, SpaceMembership, SpaceRole
from spaces.role_mapping import MEMBER_ROLE


def checked_name(name: str, what: str) -> str:
    """The name, NFC. Raises ActionRefused when an IdP attribute could not carry it (K7)."""
    if not name or name != name.strip() or "," in name or not name.isprintable():
        raise ActionRefused(
            f"Expected a {what} name without comma and without blanks at its ends, because IdP attributes are"
            f" comma-separated; received '{name}'."
        )
    return nfc(name)


def space_named(account: Account, name: str) -> Space:
    space = Space.objects.in_account(account).filter(name=nfc(name)).first()
    if space is None:
        raise ActionRefused(f"Expected the name of a space of account '{account}'; received '{name}'.")
    return space


def space_role_named(account: Account, name: str) -> SpaceRole:
    role = SpaceRole.objects.in_account(account).filter(name=nfc(name)).first()
    if role is None:
        known = ", ".join(SpaceRole.objects.in_account(account).order_by("name").values_list("name", flat=True))
        raise ActionRefused(f"Expected one of the space roles {known}; received '{name}'.")
    return role


@transaction.atomic
def create_space(account: Account, name: str, *, acting: Actor) -> tuple[Space, bool]:
    """The space of that name, made when there is none; and whether it was made. Raises ActionRefused."""
    space, created = Space.objects.get_or_create(account=account, name=checked_name(name, "space"))
    if created:
        audit.record(acting, "space.created", space)
    return space, created


@transaction.atomic
def create_space_role(
    account: Account, name: str, *, template: str = MEMBER_ROLE, acting: Actor
) -> tuple[SpaceRole, bool]:
    """A custom space role with the permissions of a template role; and whether it was made. Raises ActionRefused."""
    permissions = space_role_named(account, template).permissions
    role, created = SpaceRole.objects.get_or_create(
        account=account, name=checked_name(name, "space role"), defaults={"permissions": permissions}
    )
    if created:
        audit.record(acting, "space-role.created", role, {"template": [None, template]})
    return role, created


@transaction.atomic
def place_user(user: User, space: Space, role: SpaceRole, *, acting: Actor) -> SpaceMembership:
    """Gives a person a role in a space by hand; it stays whatever an IdP says later. Raises ActionRefused."""
    if not user.account_id == space.account_id == role.account_id:
        raise ActionRefused("Expected a person, a space and a role of the same account.")
    membership, _ = SpaceMembership.objects.update_or_create(
        account_id=user.account_id,
        user=user,
        space=space,
        defaults={"role": role, "origin": Origin.MANUAL, "connection": None},
    )
    audit.record(acting, "space.member-placed", space, {user.email: [None, role.name]})
    return membership


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

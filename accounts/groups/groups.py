"""Groups: create, update, delete. Their members: `members`; the space roles they give: `spaces.group_roles`."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.connections.agreed_permissions import allow_for_group
from accounts.errors import ActionRefused
from accounts.models import Account, AccountRole, Group, GroupMembership
from accounts.rights import check_may_change_group, check_may_grant
from common.folding import identifier_key, nfc

# What `update_group` may change, and how the audit log shows it.
_FIELDS = ("name", "description", "idp_identifier", "account_role")


@transaction.atomic
def create_group(
    account: Account,
    name: str,
    *,
    acting: Actor,
    idp_identifier: str = "",
    account_role: AccountRole | None = None,
    description: str = "",
) -> tuple[Group, bool]:
    """The group of that name, made when there is none; and whether it was made. Raises ActionRefused.

    Mapping it, an account admin agrees to what it gives (`agreed_permissions.allow_for_group`).
    """
    name = _checked_name(name)
    existing = Group.objects.in_account(account).filter(name=name).first()
    if existing is not None:
        return existing, False
    group = Group(account=account, name=name, description=description, account_role=account_role)
    group.idp_identifier = idp_identifier.strip()
    _check_role(group, acting)
    _save(group, force_insert=True)
    changes = {"idp_identifier": ["", group.idp_identifier]}
    if account_role:
        changes["account_role"] = ["", account_role.name]
    audit.record(acting, "group.created", group, changes)
    allow_for_group(group, acting)
    return group, True


@transaction.atomic
def update_group(group: Group, values: Mapping[str, Any], *, acting: Actor) -> dict[str, list[str]]:
    """Sets some of `name`, `description`, `idp_identifier` and `account_role` (None: none); gives field -> [before,
    after] of what changed. Raises ActionRefused, naming the other group, where a name or identifier is taken.

    Memberships stay as they are: another identifier is followed from each person's next login on. An
    account admin who sets identifier or account role agrees to what the group gives.
    """
    current = locked(group, acting)
    before = {name: _shown(current, name) for name in _FIELDS}
    for name in set(values) & set(_FIELDS):
        setattr(current, name, values[name])
    current.name, current.idp_identifier = _checked_name(current.name), current.idp_identifier.strip()
    _check_role(current, acting)
    changes = {name: [before[name], now] for name in _FIELDS if before[name] != (now := _shown(current, name))}
    if changes:
        _save(current, update_fields=[*changes, "idp_identifier_key"])
        audit.record(acting, "group.updated", current, changes)
    if changes.keys() & {"idp_identifier", "account_role"}:
        allow_for_group(current, acting)
    return changes


@transaction.atomic
def delete_group(group: Group, *, acting: Actor) -> int:
    """Takes the group away with its memberships and all it gave; gives how many people were in it.

    Raises ActionRefused for a group that gives more than the actor has.
    """
    current = locked(group, acting)
    members = GroupMembership.objects.in_account(current.account_id).filter(group=current)
    emails = list(members.order_by("user__email_key").values_list("user__email", flat=True)[: audit.SHOWN + 1])
    count = members.count() if len(emails) > audit.SHOWN else len(emails)
    changes = {name: [_shown(current, name), ""] for name in ("idp_identifier", "account_role")}
    audit.record(acting, "group.deleted", current, {**changes, "members": [audit.shortened(emails, count), []]})
    current.delete()
    return count


def locked(group: Group, acting: Actor) -> Group:
    """Lock the group's row for a change. Logins may still add members meanwhile.

    Raises ActionRefused when it was deleted, and PermissionsExceeded when it gives more than the actor has.
    """
    rows = Group.objects.in_account(group.account_id).select_for_update(no_key=True)
    current: Group | None = rows.filter(
        pk=group.pk
    ).first()  # its role when it is asked for: see `accounts.users.locking`
    if current is None:
        raise ActionRefused("group-deleted", f"The group '{group}' was deleted in the meantime: nothing was changed.")
    check_may_change_group(current, acting)
    return current


def _checked_name(name: str) -> str:
    name = nfc(name.strip())
    if not name or not name.isprintable() or len(name) > 255:
        raise ActionRefused(
            "group-name-invalid", f"Expected a group name of 1 to 255 printable characters; received '{name[:300]}'."
        )
    return name


def _check_role(group: Group, acting: Actor) -> None:
    role = group.account_role
    if role is not None and role.account_id != group.account_id:
        raise ActionRefused("account-role-of-another-account", "Expected an account role of the group's own account.")
    if role is not None:
        check_may_grant(role, acting)


def _save(group: Group, **options: Any) -> None:
    """Raises ActionRefused where another group has the name or the identifier, also one that was saved just now."""
    try:
        with transaction.atomic():
            group.save(**options)
    except IntegrityError:
        raise _conflict(group) from None


def _conflict(group: Group) -> ActionRefused:
    key = identifier_key(group.idp_identifier)
    others = Group.objects.in_account(group.account_id).exclude(pk=group.pk)
    other = others.filter(Q(name=group.name) | (Q(idp_identifier_key=key) & ~Q(idp_identifier_key=""))).first()
    if other is not None and other.name == group.name:
        return ActionRefused(
            "group-name-taken", f"Another group of this account is called '{group.name}' already: choose another name."
        )
    there = f" '{other.name}'" if other else ""
    return ActionRefused(
        "group-identifier-taken",
        f"IdP identifier '{group.idp_identifier}' is set on another group of this account already: change or clear it"
        f" on group{there} first.",
    )


def _shown(group: Group, name: str) -> str:
    value = getattr(group, name)
    return value.name if isinstance(value, AccountRole) else value or ""

"""Custom account roles. Built-in ones are fixed, and somebody always manages users (R19)."""

from django.db import transaction

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.models import Account, AccountRole, GrantableAccountRole, Group, GroupMembership, User
from accounts.permissions import Permission
from accounts.rights import check_has, check_may_grant
from accounts.roles.custom_roles import RoleDraft, Use, check_custom, checked, delete_unused, fill, lock_roles, used
from accounts.users.protection import Protected

WHAT = "account role"
ADDED = "You added"


@transaction.atomic
def create_account_role(account: Account, draft: RoleDraft, *, acting: Actor, template: str = "") -> AccountRole:
    """A new custom role, with no permission that the caller lacks. Raises ActionRefused."""
    lock_roles(account)
    draft = checked(draft, AccountRole.objects.in_account(account), WHAT, Permission)
    check_has(draft.permissions, account.pk, acting, ADDED)
    role = AccountRole(account=account)
    changes = fill(role, draft, Permission)
    role.save(force_insert=True)
    audit.record(acting, "account-role.created", role, {"template": [None, template], **changes})
    return role


@transaction.atomic
def update_account_role(role: AccountRole, draft: RoleDraft, *, acting: Actor) -> bool:
    """Changes a custom role for everybody who has it, from their next request on; False when nothing changes.

    Neither what it has nor what it gets may be more than the actor has. Raises ActionRefused.
    """
    check_custom(role)
    lock_roles(role.account)
    kept = AccountRole.objects.in_account(role.account_id)
    role = kept.select_for_update(no_key=True).get(pk=role.pk)
    draft = checked(draft, kept.exclude(pk=role.pk), WHAT, Permission)
    check_may_grant(role, acting)
    check_has(draft.permissions, role.account_id, acting, ADDED)
    if Permission.MANAGE_USERS in set(role.permissions) - draft.permissions:
        _check_users_stay_managed(role)
    changes = fill(role, draft, Permission)
    if not changes:
        return False
    role.save(update_fields=list(changes))
    audit.record(acting, "account-role.updated", role, changes)
    return True


@transaction.atomic
def delete_account_role(role: AccountRole, *, acting: Actor) -> None:
    """Deletes a custom role that nobody has. Raises ActionRefused, naming who uses it, and as `update_account_role`."""
    check_custom(role)
    lock_roles(role.account)
    role = AccountRole.objects.in_account(role.account_id).select_for_update().get(pk=role.pk)
    check_may_grant(role, acting)
    audit.record(acting, "account-role.deleted", role, {"permissions": [role.permissions, None]})
    delete_unused(role, account_role_uses(role))


def account_role_uses(role: AccountRole) -> list[Use]:
    """Who has the role, which groups give it, and which connections may."""
    people = User.objects.in_account(role.account_id).present().filter(account_role=role)
    groups = Group.objects.in_account(role.account_id).filter(account_role=role)
    grants = GrantableAccountRole.objects.in_account(role.account_id).filter(account_role=role)
    connections = grants.order_by("connection__name").values_list("connection__name", flat=True)
    return [
        *used("people", people.order_by("email_key").values_list("email", flat=True)),
        *used("groups", groups.order_by("name").values_list("name", flat=True)),
        *used("connections that may give it", connections),
    ]


def _check_users_stay_managed(role: AccountRole) -> None:
    """Would somebody active still manage users without this role, themselves or through a group? Raises Protected."""
    other_roles = AccountRole.objects.in_account(role.account_id).exclude(pk=role.pk)
    managing = [other.pk for other in other_roles if Permission.MANAGE_USERS in other.permissions]
    people = User.objects.in_account(role.account_id).active()
    if people.filter(account_role__in=managing).exists():
        return
    through = GroupMembership.objects.in_account(role.account_id).filter(group__account_role__in=managing)
    if not people.filter(pk__in=through.values("user")).exists():
        raise Protected(
            "last-user-manager",
            f"Nobody would be left with {Permission.MANAGE_USERS}."
            f" Make somebody an account admin before {role} loses it.",
        )

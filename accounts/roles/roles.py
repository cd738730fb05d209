"""Custom account roles. Built-in ones are fixed, and somebody always manages users (R19)."""

from accounts.audit.audit import Actor
from accounts.models import AccountRole, GrantableAccountRole, Group, GroupMembership, User
from accounts.permissions import Permission
from accounts.rights import check_has, check_may_grant
from accounts.roles.custom_roles import CustomRoles, Use, used
from accounts.users.protection import Protected


def _check(role: AccountRole, wanted: frozenset[str] | None, acting: Actor) -> None:
    """Neither what it has nor what it gets may be more than the actor has. Raises PermissionsExceeded, Protected."""
    check_may_grant(role, acting)
    if wanted is not None:
        check_has(wanted, role.account_id, acting, "You added")
        if Permission.MANAGE_USERS in set(role.permissions) - wanted:
            _check_users_stay_managed(role)


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


_ACCOUNT_ROLES = CustomRoles(AccountRole, "account role", Permission, _check, account_role_uses)
create_account_role = _ACCOUNT_ROLES.create
update_account_role = _ACCOUNT_ROLES.update
delete_account_role = _ACCOUNT_ROLES.delete

"""Sentences that the pages of groups share."""

from collections.abc import Sequence

from accounts.connections.vendors import ENTRA, Vendor
from accounts.groups.groups import Effect
from accounts.models import AccountRole, Group
from accounts.permissions import Permission
from common.folding import is_guid
from common.texts import listed
from console.shared.words import counted


def effect_sentence(effect: Effect, *, is_new: bool = False) -> str:
    """ "Saving adds 3 users and removes 1 user at their next login."."""
    removes = "" if is_new else f" and removes {users(effect.removed)}"
    return f"Saving adds {users(effect.added)}{removes} at their next login."


def identifier_remark(identifier: str, vendors: Sequence[Vendor]) -> str:
    """Return a warning if the identifier does not have the form that all providers of the account use."""
    if identifier and list(vendors) == [ENTRA] and not is_guid(identifier):
        return f"{ENTRA.label} sends {ENTRA.group_identifier}; this identifier is not one."
    return ""


def given_by(group: Group, space_roles: Sequence[str]) -> list[str]:
    """Return the roles that membership gives: the account role, and each "Space Developer in Trial"."""
    role = [f"account role {group.account_role.name}"] if group.account_role else []
    return [*role, *space_roles]


def losses(what: Sequence[str], members: int) -> str:
    """Return the sentence about the roles that members lose."""
    if not what:
        return "The group has no roles, so no user loses access."
    gives = listed(what, 5)
    if not members:
        return f"It gives {gives}. It has no members."
    return f"{who(members, 'loses', 'lose')} the roles from this group: {gives}."


def grants_manage_users(role: AccountRole | None) -> bool:
    return role is not None and Permission.MANAGE_USERS in role.permissions


def users(number: int) -> str:
    return counted(number, "user", "users") if number else "no users"


def who(number: int, does: str, do: str) -> str:
    """Begin a sentence: "No users were", "1 user was", "3 users were"."""
    return f"{users(number)} {does if number == 1 else do}".strip().replace("no users", "No users")

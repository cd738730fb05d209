"""Sentences that the pages of groups share."""

from collections.abc import Sequence

from accounts.connections.vendors import ENTRA, Vendor
from accounts.groups.identifiers import Effect
from accounts.models import AccountRole, Group
from accounts.permissions import Permission
from common.folding import is_guid
from console.shared.refusals import counted


def effect_sentence(effect: Effect, *, is_new: bool = False) -> str:
    """ "Saving this adds 3 people and removes 1 person at their next login."."""
    removes = "" if is_new else f" and removes {people(effect.removed)}"
    return f"Saving this adds {people(effect.added)}{removes} at their next login."


def names_and_more(names: Sequence[str], count: int) -> str:
    """ "Dana Diaz, Erik Olsen and 5 more"."""
    more = count - len(names)
    return ", ".join(names) + (f" and {more:,} more" if more > 0 else "")


def identifier_remark(identifier: str, vendors: Sequence[Vendor]) -> str:
    """A doubt about what was typed, where every provider of the account names groups in another way."""
    if identifier and list(vendors) == [ENTRA] and not is_guid(identifier):
        return f"{ENTRA.label} sends {ENTRA.group_identifier}; this is none."
    return ""


def given_by(group: Group, space_roles: Sequence[str]) -> list[str]:
    """What membership gives: the account role, and each "Space Developer in Trial"."""
    role = [f"account role {group.account_role.name}"] if group.account_role else []
    return [*role, *space_roles]


def losses(what: Sequence[str], members: int) -> str:
    """What so many people lose, unless they have it in another way too."""
    if not what:
        return "The group gives no rights, so nobody loses any."
    listed = names_and_more(what[:5], len(what))
    if not members:
        return f"It gives {listed}, to nobody so far."
    return f"{who(members, 'loses', 'lose')} what came from it: {listed}."


def grants_manage_users(role: AccountRole | None) -> bool:
    return role is not None and Permission.MANAGE_USERS in role.permissions


def people(number: int) -> str:
    return counted(number, "person", "people") if number else "nobody"


def who(number: int, does: str, do: str) -> str:
    """The beginning of a sentence: "Nobody was", "1 person was", "3 people were"."""
    return f"{people(number)} {do if number > 1 else does}".replace("nobody", "Nobody")

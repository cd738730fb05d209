"""What holds for custom roles of either kind, in the account and in spaces: names, permissions, who uses them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from django.db.models import ProtectedError, QuerySet

from accounts.errors import ActionRefused
from accounts.models import Account, Role
from accounts.roles.names import checked_name
from common.folding import fold
from common.texts import listed

NAMED = 10


@dataclass(frozen=True)
class RoleDraft:
    """What a custom role is to be. `permissions`: values of the kind's catalogue."""

    name: str
    description: str
    permissions: frozenset[str]


@dataclass(frozen=True)
class Use:
    """Who or what uses a role: "groups", the names of the first, and how many there are."""

    who: str
    names: list[str]
    total: int

    def __str__(self) -> str:
        return f"{self.who}: {self.in_short}"

    @property
    def in_short(self) -> str:
        """ "QA, DevOps and 3 more"."""
        return listed(self.names, total=self.total)


def used(who: str, names: "QuerySet[Any, str]") -> list[Use]:
    """No use or one, in two queries."""
    total = names.count()
    return [Use(who, list(names[:NAMED]), total)] if total else []


def lock_roles(account: Account) -> None:
    """Changes of an account's roles take turns. What else is committed in the account does not wait (`no_key`)."""
    Account.objects.select_for_update(no_key=True).only("id").get(pk=account.pk)


def checked(draft: RoleDraft, others: "QuerySet[Any]", what: str, catalogue: type[StrEnum]) -> RoleDraft:
    """The draft with its name as it is kept. Raises ActionRefused for a name or a permission that cannot be.

    `others`: the account's other roles of the kind. Names that differ only by letter case are refused: IdP attributes
    name roles whatever their case (K4).
    """
    name = checked_name(draft.name, what)
    taken = next((other for other in others.values_list("name", flat=True) if fold(other) == fold(name)), None)
    if taken is not None:
        raise ActionRefused(
            "role-name-taken", f"There is a {what} '{taken}' already: expected another name than '{draft.name}'."
        )
    unknown = draft.permissions - set(catalogue)
    if unknown:
        raise ActionRefused(
            "role-permission-unknown",
            f"Expected permissions of {', '.join(catalogue)}; received {', '.join(sorted(unknown))}.",
        )
    return replace(draft, name=name, description=draft.description.strip())


def fill(role: Role, draft: RoleDraft, catalogue: Iterable[str]) -> dict[str, list[Any]]:
    """Gives the role what the draft says, unsaved; and what that changes, field -> [before, after]."""
    values = {
        "name": draft.name,
        "description": draft.description,
        "permissions": [str(permission) for permission in catalogue if permission in draft.permissions],
    }
    changes = {field: [getattr(role, field), new] for field, new in values.items() if getattr(role, field) != new}
    for field, new in values.items():
        setattr(role, field, new)
    return changes


def check_custom(role: Role) -> None:
    """Raises ActionRefused for a built-in role."""
    if role.builtin:
        raise ActionRefused(
            "role-built-in",
            f"{role} is built in and the same in every account, so it cannot be changed or deleted."
            " Make a custom role from it instead.",
        )


def delete_unused(role: Role, uses: list[Use]) -> None:
    """Deletes a role that nothing uses. Raises ActionRefused, naming the uses."""
    if uses:
        sentences = "; ".join(map(str, uses))
        raise ActionRefused("role-in-use", f"{role} is still used: {sentences}. Assign another role first.")
    try:
        role.delete()
    except ProtectedError:  # by the row of somebody who was erased within the last hour
        raise ActionRefused(
            "role-of-erased-users", f"Users being erased still have {role}: try again in an hour."
        ) from None

"""Custom roles of either kind, in the account and in spaces: their verbs, names, permissions, and who uses them."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Generic, TypeVar

from django.db import transaction
from django.db.models import ProtectedError, QuerySet

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.errors import ActionRefused
from accounts.models import Account, Role
from common.folding import fold, nfc
from common.texts import listed

R = TypeVar("R", bound=Role)
NAMED = 10
_CREATED = {"account role": "account-role.created", "space role": "space-role.created"}
_UPDATED = {"account role": "account-role.updated", "space role": "space-role.updated"}
_DELETED = {"account role": "account-role.deleted", "space role": "space-role.deleted"}


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


@dataclass(frozen=True)
class CustomRoles(Generic[R]):
    """The verbs of one kind of role. `name`: "account role"; `catalogue`: the permissions there are.

    `check`: what else the kind asks of the actor, given the role as it is and the permissions it is to have (None: it
    is deleted). It raises ActionRefused, and so do the verbs.
    """

    model: type[R]
    name: str
    catalogue: type[StrEnum]
    check: Callable[[R, frozenset[str] | None, Actor], None]
    uses: Callable[[R], list[Use]]

    @transaction.atomic
    def create(self, account: Account, draft: RoleDraft, *, acting: Actor, template: str = "") -> R:
        """A new custom role, also refused for a name that is taken."""
        lock_roles(account)
        draft = checked(draft, self.model.objects.in_account(account), self.name, self.catalogue)
        role = self.model(account=account)
        self.check(role, draft.permissions, acting)
        changes = fill(role, draft, self.catalogue)
        role.save(force_insert=True)
        audit.record(acting, _CREATED[self.name], role, {"template": [None, template], **changes})
        return role

    @transaction.atomic
    def update(self, role: R, draft: RoleDraft, *, acting: Actor) -> bool:
        """Changes a custom role for everybody who has it, from their next request on; False when nothing changes."""
        role, others = self._locked(role, no_key=True)
        draft = checked(draft, others, self.name, self.catalogue)
        self.check(role, draft.permissions, acting)
        changes = fill(role, draft, self.catalogue)
        if changes:
            role.save(update_fields=list(changes))
            audit.record(acting, _UPDATED[self.name], role, changes)
        return bool(changes)

    @transaction.atomic
    def delete(self, role: R, *, acting: Actor) -> None:
        """Deletes a custom role that nothing uses; the refusal names the uses."""
        role, _ = self._locked(role, no_key=False)  # nobody is given it meanwhile
        self.check(role, None, acting)
        if uses := self.uses(role):
            sentences = "; ".join(map(str, uses))
            raise ActionRefused("role-in-use", f"{role} is still used: {sentences}. Assign another role first.")
        audit.record(acting, _DELETED[self.name], role, {"permissions": [role.permissions, None]})
        try:
            role.delete()
        except ProtectedError:  # by the row of somebody who was erased within the last hour
            raise ActionRefused(
                "role-of-erased-users", f"Users being erased still have {role}: try again in an hour."
            ) from None

    def _locked(self, role: R, *, no_key: bool) -> "tuple[R, QuerySet[R]]":
        """The custom role as it is now, and the account's others of the kind."""
        check_custom(role)
        lock_roles(role.account)
        rows: Any = self.model.objects.in_account(role.account_id)
        return rows.select_for_update(no_key=no_key).get(pk=role.pk), rows.exclude(pk=role.pk)


def lock_roles(account: Account) -> None:
    """Changes of an account's roles take turns. What else is committed in the account does not wait (`no_key`)."""
    Account.objects.select_for_update(no_key=True).only("id").get(pk=account.pk)


def checked_name(name: str, what: str) -> str:
    """The name, NFC. Raises ActionRefused when an IdP attribute could not carry it (K7)."""
    if not name or name != name.strip() or "," in name or not name.isprintable():
        raise ActionRefused(
            "name-invalid",
            f"Expected a {what} name without comma and without blanks at its ends, because IdP attributes are"
            f" comma-separated; received '{name}'.",
        )
    return nfc(name)


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

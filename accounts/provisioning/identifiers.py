"""Change the e-mail, user name and external ID of a user, by which logins and provisioning find them, as an admin.

Provisioning changes those of users without account permissions only (`provisioning`).
"""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.connections import scope as connection_scope
from accounts.errors import ActionRefused
from accounts.models import Connection, User
from accounts.models.user import UserOrigin
from accounts.rights import check_may_act_on
from accounts.users import locking, users
from common.folding import fold, nfc
from common.invisible import invisible

# As the pages call them.
IDENTIFIERS = {"email": "E-mail", "user_name": "User name", "external_id": "External ID"}


def change_identifiers(user: User, values: Mapping[str, Any], *, acting: Actor) -> dict[str, list[str]]:
    """Set `email`, `user_name` and `external_id`; return what changed, field -> [before, after].

    With `connection` (None: no connection) also the connection whose logins may find the user by external ID or plain
    user name. Raises ActionRefused: for an invalid e-mail, for a value that another user of the account has, and for a
    user with more permissions than the actor.
    """
    with locking.locked(user.pk, user.account) as current:
        check_may_act_on([current], acting)
        before = locking.values(current)
        wanted = {name: nfc(values[name].strip()) for name in IDENTIFIERS}
        changes = {name: [old, new] for name, new in wanted.items() if (old := getattr(current, name)) != new}
        changes |= _give_to(current, values["connection"]) if "connection" in values else {}
        if not changes:
            return {}
        _check_identifiers(current, wanted)
        for name, value in wanted.items():
            setattr(current, name, value)
        if "email" in changes:
            current.work_email_key = fold(current.email)
        try:
            with transaction.atomic():
                locking.save(current, before, audit.entry(acting, "user.identifiers-changed", current, changes))
        except IntegrityError:
            raise _identifier_taken(current, wanted) from None
        return changes


def _give_to(user: User, connection: Connection | None) -> dict[str, list[str]]:
    """Raises ActionRefused for a connection of another account."""
    if connection is not None and connection.account_id != user.account_id:
        raise ActionRefused("connection-of-another-account", "Expected a connection of the user's own account.")
    before, user.provisioned_by = user.provisioned_by, connection.pk if connection else None
    if before == user.provisioned_by:
        return {}
    names = [connection_scope.name_of(pk, user.account_id) if pk else "" for pk in (before, user.provisioned_by)]
    return {"provisioned_by": names}


def _check_identifiers(user: User, wanted: Mapping[str, str]) -> None:
    """Raises ActionRefused. Only users created by provisioning may have a plain user name and no e-mail."""
    for name in ("email", "user_name"):
        if (found := invisible(wanted[name])) and wanted[name] != getattr(user, name):
            raise ActionRefused(
                "identifier-invisible-characters",
                f"Expected {IDENTIFIERS[name]} without invisible characters; received {found}.",
            )
    needs_email = wanted["email"] or user.origin != UserOrigin.SCIM or not wanted["user_name"]
    if needs_email:
        users.check_email(wanted["email"])


def _identifier_taken(user: User, wanted: Mapping[str, str]) -> ActionRefused:
    others = User.objects.in_account(user.account_id).exclude(pk=user.pk)
    for name in ("email", "user_name"):
        if wanted[name] and (other := others.filter(**{f"{name}_key": fold(wanted[name])}).first()):
            what = f"{IDENTIFIERS[name]} '{wanted[name]}'"
            return ActionRefused("identifier-taken", f"{what} is used by {other} already: change it there first.")
    return ActionRefused("identifier-taken", "One of these values was just given to another user. Try again.")


def same_external_id(user: User) -> list[User]:
    """Other users of the account with this external ID, at most three: logins find none of them by it."""
    others = User.objects.in_account(user.account_id).exclude(pk=user.pk)
    return list(others.filter(external_id=user.external_id).order_by("number")[:3]) if user.external_id else []

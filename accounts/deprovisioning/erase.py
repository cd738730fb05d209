"""Erase a user: end their access, empty their row and free their names. The audit log keeps the name of before."""

from dataclasses import dataclass

from django.utils import timezone

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.connections import scope as connection_scope
from accounts.deprovisioning import guard
from accounts.deprovisioning.end_access import clean_up_after_commit, end_access
from accounts.models import User
from accounts.models.account import one_user_fewer
from accounts.models.user import UserState
from accounts.users import users
from accounts.users.locking import save, values
from accounts.users.protection import check_may_deprovision


@dataclass(frozen=True)
class Erasure:
    """The name the user had; and whether they are still here, because their deprovisioning is held."""

    label: str
    held: bool = False


def erase_locked(user: User, *, acting: Actor) -> Erasure:
    """Erase a user from `locking.locked_with_account`. Raises Protected and PermissionsExceeded."""
    check_may_deprovision(user, acting)
    connection_scope.check_speaks_for(user, acting)
    label, before = str(user), values(user)
    if user.state != UserState.DEPROVISIONED and guard.hold_if_too_many(user, acting, erase=True):
        return Erasure(label, held=True)
    end_access(user)
    _empty(user)
    entry = audit.entry(acting, "user.erased", user, {"state": [None, "erased"]}, label)
    save(user, before, entry, one_user_fewer(user.account_id), also=("password", "erased_at"))
    clean_up_after_commit(user)
    return Erasure(label)


def _empty(user: User) -> None:
    user.clean_up_due_since = user.clean_up_due_since or timezone.now()
    user.email, user.user_name, user.external_id = f"{user.id}@erased.invalid", "", ""
    user.first_name = user.last_name = user.display_name = user.timezone = ""
    user.work_email_key = user.other_email_keys = ""
    user.provisioned_by = None
    user.scim_attributes, user.password, user.erased_at = {}, users.unusable_password(), timezone.now()

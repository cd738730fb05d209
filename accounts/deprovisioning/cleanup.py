"""What is still to do once somebody is out: memberships, tokens and sessions go, and what they had is noted.

Access ended before, in the transaction that ended it (`provisioning`); `User.clean_up_due_since` says that this is due.
May run twice, late, and at several places at once: the person's row is locked, and only the first finds it due.
"""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import alerts
from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.models import ApiToken, ExternalIdentity, FormerAccess, GroupMembership, SignedInSession, User
from accounts.models.token import TokenKind
from accounts.models.work import AlertKind

CLEANING = Actor("clean-up after the end of access")

# Field of `FormerAccess` -> what the person had, each of it told in JSON.
Ended = Mapping[str, list[Any]]
Ending = Callable[[User], Ended]

_endings: list[Ending] = []


def cleanup_step(ending: Ending) -> Ending:
    """Registers what takes something away from a person who is out, in bulk, and tells what that was.

    Apps above this one have such things too (`spaces.deprovisioning`).
    """
    _endings.append(ending)
    return ending


def due(limit: int = 500) -> list[UUID]:
    """People who are out and still have something, longest waiting first."""
    waiting = User.objects.filter(clean_up_due_since__isnull=False).order_by("clean_up_due_since")
    return list(waiting.values_list("id", flat=True)[:limit])


@transaction.atomic
def finish(user_id: UUID) -> bool:
    """Takes away what a person who is out still has; False when nothing is due. A constant number of queries."""
    # As a group sync does: identities first. One that is under way ends before, and a later one finds the person out.
    list(ExternalIdentity.objects.filter(user=user_id).order_by("id").select_for_update().values_list("id"))
    due_ones = User.objects.select_for_update(no_key=True).filter(pk=user_id, clean_up_due_since__isnull=False)
    user: User | None = due_ones.first()
    if user is None:
        return False
    finish_locked(user)
    return True


def finish_locked(user: User) -> None:
    """As `finish`, for a person whose row this transaction has locked and for whom it is due."""
    told: dict[str, list[Any]] = {}  # most leavers of a mass have little: nothing is written where nothing was found
    for ending in _endings:
        told.update(ending(user))
    if user.erased_at:
        _forget(user)
    else:
        _note(user, told)
    alerts.resolve_alerts(user.account_id, AlertKind.TOKEN_OWNER, str(user.pk))
    User.objects.filter(pk=user.pk).update(clean_up_due_since=None)
    user.clean_up_due_since = None
    changes = {what: [_names(entries), []] for what, entries in told.items() if entries}
    audit.record(CLEANING, "user.clean-up-finished", user, changes)


def note_account_role(user: User) -> None:
    """Note the account role of a person whose access ended, and who is Account Member from now on."""
    role, ended_at = user.account_role.name, user.deprovisioned_at or timezone.now()
    if FormerAccess.objects.in_account(user.account_id).filter(user=user, ended_at=ended_at).update(account_role=role):
        return  # beside what the clean-up has noted of this end already
    noted = FormerAccess(account_id=user.account_id, user=user, ended_at=ended_at, account_role=role)
    fields = ["ended_at", "account_role", "spaces", "groups", "tokens"]
    FormerAccess.objects.bulk_create([noted], update_conflicts=True, unique_fields=["user"], update_fields=fields)


def _note(user: User, told: Ended) -> None:
    """For an admin to see. Somebody who had nothing this time keeps the note of what they had the time before."""
    noted = FormerAccess(
        account_id=user.account_id, user=user, ended_at=user.deprovisioned_at or timezone.now(), **told
    )
    if any(told.values()):
        before = FormerAccess.objects.in_account(user.account_id).filter(user=user).exclude(ended_at=noted.ended_at)
        before.update(account_role="")  # of an earlier end of access
        fields = ["ended_at", *told]
        FormerAccess.objects.bulk_create([noted], update_conflicts=True, unique_fields=["user"], update_fields=fields)
    else:
        FormerAccess.objects.bulk_create([noted], ignore_conflicts=True)


def _forget(user: User) -> None:
    """Of whom was erased, nothing is noted, and the identity provider's name for them goes as well."""
    FormerAccess.objects.in_account(user.account_id).filter(user=user).delete()
    ExternalIdentity.objects.in_account(user.account_id).filter(user=user).delete()


@cleanup_step
def _groups(user: User) -> Ended:
    own = GroupMembership.objects.in_account(user.account_id).filter(user=user)
    had = [{"group": name, "origin": origin} for name, origin in own.values_list("group__name", "origin")]
    if had:
        own.delete()
    return {"groups": sorted(had, key=lambda entry: entry["group"])}


@cleanup_step
def _tokens(user: User) -> Ended:
    """They are dead already, because the person's epoch moved on; this is what a list of tokens shows."""
    own = ApiToken.objects.in_account(user.account_id).filter(user=user, revoked_at=None)
    had = list(own.values_list("name", "kind"))
    if had:
        own.update(revoked_at=timezone.now())
    return {"tokens": sorted(name for name, kind in had if kind == TokenKind.LONG)}


@cleanup_step
def _sessions(user: User) -> Ended:
    """These too: the epoch is in each session's hash."""
    open_ones = SignedInSession.objects.in_account(user.account_id).filter(user=user, ended_at=None)
    ended_at = user.deprovisioned_at or timezone.now()
    open_ones.update(ended_at=ended_at, ended_by="end of access", logout_hints="")
    return {}


def _names(entries: list[Any]) -> list[str]:
    """At most fifty, as a person reads them: a space with its role."""
    return audit.shortened([entry if isinstance(entry, str) else _sentence(entry) for entry in entries])


def _sentence(entry: Mapping[str, str]) -> str:
    name = entry.get("space") or entry.get("group", "")
    return f"{name} ({entry['role']})" if "role" in entry else name

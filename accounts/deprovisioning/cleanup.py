"""Clean up after the end of access: remove memberships, tokens and sessions, and note what the user had.

Access ended before, in a transaction of its own (`end_access`); `User.clean_up_due_since` says that this is due. May
run twice, late, and at several places at once: the user's row is locked, and only the first finds it due.
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

# Field of `FormerAccess` -> what the user had, as JSON.
Removed = Mapping[str, list[Any]]
Step = Callable[[User], Removed]

_steps: list[Step] = []


def cleanup_step(step: Step) -> Step:
    """Register a step: it removes something from a deprovisioned user, in bulk, and returns what that was.

    Apps above this one have such steps too (`spaces.placing`).
    """
    _steps.append(step)
    return step


def due(limit: int = 500) -> list[UUID]:
    """Users whose clean-up is due, longest waiting first."""
    waiting = User.objects.filter(clean_up_due_since__isnull=False).order_by("clean_up_due_since")
    return list(waiting.values_list("id", flat=True)[:limit])


@transaction.atomic
def finish(user_id: UUID) -> bool:
    """Remove what a deprovisioned user still has; return False when nothing is due. A constant number of queries."""
    # Identities first, as a group sync does: one under way ends before, a later one finds the user deprovisioned.
    list(ExternalIdentity.objects.filter(user=user_id).order_by("id").select_for_update().values_list("id"))
    due_ones = User.objects.select_for_update(no_key=True).filter(pk=user_id, clean_up_due_since__isnull=False)
    user: User | None = due_ones.first()
    if user is None:
        return False
    finish_locked(user)
    return True


def finish_locked(user: User) -> None:
    """As `finish`, for a user whose row is locked and whose clean-up is due."""
    removed: dict[str, list[Any]] = {}
    for step in _steps:
        removed.update(step(user))
    if user.erased_at:  # nothing is noted, and the identities are deleted
        FormerAccess.objects.in_account(user.account_id).filter(user=user).delete()
        ExternalIdentity.objects.in_account(user.account_id).filter(user=user).delete()
    else:
        _note(user, removed)
    alerts.resolve_alerts(user.account_id, AlertKind.TOKEN_OWNER, str(user.pk))
    User.objects.filter(pk=user.pk).update(clean_up_due_since=None)
    user.clean_up_due_since = None
    changes = {what: [_names(entries), []] for what, entries in removed.items() if entries}
    audit.record(CLEANING, "user.clean-up-finished", user, changes)


def note_account_role(user: User) -> None:
    """Note the account role of a user whose access ends, and who is Account Member from now on."""
    role, ended_at = user.account_role.name, user.deprovisioned_at or timezone.now()
    if FormerAccess.objects.in_account(user.account_id).filter(user=user, ended_at=ended_at).update(account_role=role):
        return  # beside what the clean-up has noted of this end already
    noted = FormerAccess(account_id=user.account_id, user=user, ended_at=ended_at, account_role=role)
    fields = ["ended_at", "account_role", "spaces", "groups", "tokens"]
    FormerAccess.objects.bulk_create([noted], update_conflicts=True, unique_fields=["user"], update_fields=fields)


def _note(user: User, removed: Removed) -> None:
    """For an admin to see. A user who had nothing this time keeps the note of what they had the time before."""
    noted = FormerAccess(
        account_id=user.account_id, user=user, ended_at=user.deprovisioned_at or timezone.now(), **removed
    )
    if any(removed.values()):
        before = FormerAccess.objects.in_account(user.account_id).filter(user=user).exclude(ended_at=noted.ended_at)
        before.update(account_role="")  # of an earlier end of access
        fields = ["ended_at", *removed]
        FormerAccess.objects.bulk_create([noted], update_conflicts=True, unique_fields=["user"], update_fields=fields)
    else:
        FormerAccess.objects.bulk_create([noted], ignore_conflicts=True)


@cleanup_step
def _groups(user: User) -> Removed:
    own = GroupMembership.objects.in_account(user.account_id).filter(user=user)
    had = [{"group": name, "origin": origin} for name, origin in own.values_list("group__name", "origin")]
    if had:
        own.delete()
    return {"groups": sorted(had, key=lambda entry: entry["group"])}


@cleanup_step
def _tokens(user: User) -> Removed:
    """They are dead already, because the user's epoch moved on; this is what a list of tokens shows."""
    own = ApiToken.objects.in_account(user.account_id).filter(user=user, revoked_at=None)
    had = list(own.values_list("name", "kind"))
    if had:
        own.update(revoked_at=timezone.now())
    return {"tokens": sorted(name for name, kind in had if kind == TokenKind.LONG)}


@cleanup_step
def _sessions(user: User) -> Removed:
    """Dead already too: the epoch is in each session's hash."""
    open_ones = SignedInSession.objects.in_account(user.account_id).filter(user=user, ended_at=None)
    ended_at = user.deprovisioned_at or timezone.now()
    open_ones.update(ended_at=ended_at, ended_by="end of access", logout_hints="")
    return {}


def _names(entries: list[Any]) -> list[str]:
    """At most fifty, as text: a space with its role."""
    return audit.shortened([entry if isinstance(entry, str) else _named(entry) for entry in entries])


def _named(entry: Mapping[str, str]) -> str:
    name = entry.get("space") or entry.get("group", "")
    return f"{name} ({entry['role']})" if "role" in entry else name

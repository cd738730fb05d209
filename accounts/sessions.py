"""Signed-in sessions: one row beside each session of Django's, made at sign-in and looked at by every request.

Django's session is the cookie's other half and knows who; the row knows since when, until when, from where and through
which connection, and can be ended from elsewhere: by the person, an admin, or the identity provider.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.signals import user_logged_in
from django.db import DatabaseError, transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.models import Account, Connection, ExternalIdentity, SignedInSession, User
from accounts.passwords import policy as password_policy
from accounts.rights import check_may_act_on
from accounts.tokens import tokens
from common.encryption import UnreadableSecret
from common.http.client_address import client_address

log = structlog.get_logger(__name__)

SEEN_PAUSE = timedelta(minutes=1)  # between two notes of "last seen" of one session
_USER_AGENT_LIMIT = 300
_IDP_SESSION_LIMIT = 512
_CLOSED_AT_ONCE = 5_000

Sessions = QuerySet[SignedInSession]


def begin(
    request: HttpRequest,
    user: User,
    *,
    connection: Connection | None = None,
    identity: ExternalIdentity | None = None,
    idp_session: str = "",
    hints: Mapping[str, str] | None = None,
    ends_at: datetime | None = None,
) -> SignedInSession:
    """The row of the session that `django.contrib.auth.login` has just opened; called again, it says more about it.

    `ends_at`: when the IdP ends its session, which ours does not outlive (R5). `hints`: what the IdP wants to hear when
    the person logs out here; kept encrypted, for that alone, until the session ends (R33).
    """
    now = timezone.now()
    latest = now + timedelta(minutes=user.account.session_absolute_minutes)
    session, _ = SignedInSession.objects.update_or_create(
        key_digest=_digest(_session_key(request)),
        defaults={
            "account_id": user.account_id,
            "user": user,
            "connection": connection,
            "identity": identity,
            "idp_session": idp_session[:_IDP_SESSION_LIMIT],
            "logout_hints": json.dumps(dict(hints)) if hints else "",
            "last_seen_at": now,
            "ends_at": min(latest, ends_at) if ends_at else latest,
            "ip_address": client_address(request),
            "user_agent": request.META.get("HTTP_USER_AGENT", "")[:_USER_AGENT_LIMIT],
        },
    )
    request.session.set_expiry(session.ends_at)
    request.signed_in_session = session  # type: ignore[attr-defined]
    return session


def _begin_at_login(request: HttpRequest, user: User, **_: Any) -> None:
    """Receiver of `user_logged_in`. A new sign-in leaves the session before, and its key (R1)."""
    former = current(request)
    if former is not None:
        _close([former.pk], "signed in anew")
        if former.key_digest == _digest(_session_key(request)):
            request.session.cycle_key()
    begin(request, user)


user_logged_in.connect(_begin_at_login, dispatch_uid="begin-session")


def current(request: HttpRequest) -> SignedInSession | None:
    """The session that this request came with, after the check of the middleware; None for everybody else."""
    session: SignedInSession | None = getattr(request, "signed_in_session", None)
    return session


def check(request: HttpRequest) -> bool:
    """Whether the signed-in session of this request may go on (R2, R4 to R6). One query; a second once a minute."""
    now = timezone.now()
    session = _rows().select_related("account").filter(key_digest=_digest(request.session.session_key or "")).first()
    if session is None or str(session.user_id) != request.session[SESSION_KEY] or session.ended_at is not None:
        return False
    over = _over(session, now)
    if over:
        _close([session.pk], over)
        return False
    _note_seen(session, now)
    request.signed_in_session = session  # type: ignore[attr-defined]
    return True


def follow_key(request: HttpRequest) -> None:
    """Keeps the row beside Django's session when that got another key during the request (`cycle_key`)."""
    session, key = current(request), request.session.session_key
    if session is None or key is None or SESSION_KEY not in request.session or session.key_digest == _digest(key):
        return
    session.key_digest = _digest(key)
    session.save(update_fields=["key_digest"])


def open_sessions(user: User) -> list[SignedInSession]:
    """The person's sessions that the next request would still find alive, the one used last first."""
    account = user.account
    over = _is_over(account.session_idle_minutes, account.session_absolute_minutes)
    own = _rows().filter(user=user, ended_at=None).exclude(over)
    return list(own.select_related("connection").order_by("-last_seen_at"))


def logout_hints(session: SignedInSession) -> dict[str, str]:
    """What the IdP wants to hear at logout; empty where nothing was kept, or none of our keys opens it any more."""
    return _readable_hints(session) or {}


def _readable_hints(session: SignedInSession) -> dict[str, str] | None:
    """None where no key opens them."""
    try:
        kept: dict[str, str] = json.loads(session.logout_hints or "{}")
    except UnreadableSecret as why:
        log.warning("The logout hints of a session cannot be read", session=str(session.pk), why=str(why))
        return None
    return kept


@transaction.atomic
def end(session: SignedInSession, *, acting: Actor) -> bool:
    """Ends one session; its browser's next request is refused. False when it had ended before.

    Raises PermissionsExceeded for a session of somebody who may do more than the actor.
    """
    check_may_act_on([session.user], acting)
    return bool(_end([session], acting))


@transaction.atomic
def end_all(user: User, *, acting: Actor, but: SignedInSession | None = None) -> int:
    """Ends the person's sessions, except `but`, and those of their programs (short tokens); gives how many.

    Raises PermissionsExceeded for somebody who may do more than the actor.
    """
    check_may_act_on([user], acting)
    # Tokens first, as `deprovisioning.cleanup` does, so that two transactions never wait for each other.
    programs = tokens.end_short_tokens(user, acting=acting)
    own = _rows().filter(user=user, ended_at=None).select_related("user").order_by("pk")
    return programs + _end(own.exclude(pk=but.pk) if but else own, acting)


@transaction.atomic
def end_at_idp(
    connection: Connection,
    *,
    subject: str | None = None,
    is_named: Callable[[Mapping[str, str]], bool] | None = None,
    idp_session: str = "",
    acting: Actor,
) -> int:
    """Ends the sessions of this connection that the IdP names; gives how many. With nothing named, none.

    `idp_session`: the IdP's name of its session. `subject`: who the person is at the connection (R12). `is_named`:
    whether the hints kept of a session are of that person; without `idp_session` or `subject` all open sessions of the
    connection are read for it.
    """
    if not (subject or is_named or idp_session):
        return 0
    named = SignedInSession.objects.in_account(connection.account_id).filter(connection=connection, ended_at=None)
    named = named.select_related("user").order_by("pk")
    if idp_session:
        named = named.filter(idp_session=idp_session)
    if subject:
        named = named.filter(identity__subject=subject)
    if is_named:
        hinted = ((session, _readable_hints(session)) for session in named.iterator())
        # What the IdP named otherwise too ends although nobody can read its NameID: out means out.
        is_found = bool(idp_session or subject)
        return _end([one for one, hints in hinted if (is_found if hints is None else is_named(hints))], acting)
    return _end(named.defer("logout_hints"), acting)


def is_open_at_idp(connection: Connection, idp_sessions: Sequence[str], subject: str) -> bool:
    """Whether a session of this connection goes on under one of the IdP's names of sessions; without, of a subject."""
    going_on = SignedInSession.objects.in_account(connection.account_id).filter(connection=connection, ended_at=None)
    named = Q(idp_session__in=idp_sessions) if idp_sessions else Q(identity__subject=subject)
    return going_on.filter(named).exists()


def close_password_sessions(people: "QuerySet[User]", why: str) -> int:
    """Ends what these people opened with a password, in bulk; gives how many. The caller writes the audit entry."""
    return _close_all(SignedInSession.objects.filter(user__in=people, connection=None), why)


def close_of_identities(account_id: UUID, identity_ids: Iterable[UUID], why: str) -> dict[UUID, list[str]]:
    """End what was opened with these identities, in bulk; identity -> keys of its sessions. The caller writes the audit
    entries."""
    own = SignedInSession.objects.in_account(account_id)
    opened = own.filter(identity__in=list(identity_ids), ended_at=None).order_by("pk")
    found: dict[UUID, list[str]] = {}
    for key, identity in opened.values_list("pk", "identity"):
        found.setdefault(identity, []).append(str(key))
    _close([key for keys in found.values() for key in keys], why)
    return found


def close_over() -> int:
    """For the sweep: closes sessions that are over or idle, and forgets their hints; gives how many."""
    closed = 0
    lifetimes = Account.objects.values_list("session_idle_minutes", "session_absolute_minutes").distinct()
    for idle, absolute in lifetimes:
        accounts = Account.objects.filter(session_idle_minutes=idle, session_absolute_minutes=absolute)
        over = _rows().filter(_is_over(idle, absolute), account__in=accounts, ended_at=None).order_by("pk")
        with transaction.atomic():  # one that is being ended at this time is not waited for
            keys = list(over.select_for_update(skip_locked=True).values_list("pk", flat=True)[:_CLOSED_AT_ONCE])
            closed += _close(keys, "over or idle")
    return closed


def _rows() -> Sessions:
    return SignedInSession.objects.defer("logout_hints")


def _is_over(idle_minutes: int, absolute_minutes: int) -> Q:
    """The same as `_over`, for a query."""
    now = timezone.now()
    earliest = now - timedelta(minutes=absolute_minutes)
    last_seen = now - timedelta(minutes=idle_minutes)
    return Q(ends_at__lte=now) | Q(created_at__lte=earliest) | Q(last_seen_at__lte=last_seen)


def _over(session: SignedInSession, now: datetime) -> str:
    """Why a session that nobody ended may not go on; empty: it may. Shortened lifetimes hold for open sessions too.

    Enforcing SSO does so too, also for a password session that is being opened at that time.
    """
    account = session.account
    people = User.objects.select_related("account", "account_role")
    by_password = session.connection_id is None and account.sso_enforced_at is not None
    if by_password and not password_policy.may_use(people.get(pk=session.user_id)):
        return "SSO is enforced"
    longest = session.created_at + timedelta(minutes=account.session_absolute_minutes)
    if min(session.ends_at, longest) <= now:
        return "over"
    idle = timedelta(minutes=account.session_idle_minutes)
    return "idle" if session.last_seen_at + idle <= now else ""


def _note_seen(session: SignedInSession, now: datetime) -> None:
    """A database that takes no writes for now must not keep users from reading."""
    if now - session.last_seen_at < SEEN_PAUSE:
        return
    try:
        SignedInSession.objects.filter(pk=session.pk, last_seen_at__lt=now).update(last_seen_at=now)
    except DatabaseError as error:
        log.warning("Could not note when a session was last seen", problem=type(error).__name__)


def _end(sessions: Iterable[SignedInSession], acting: Actor) -> int:
    """Ends what is still open of these, with one audit entry for each person. In order of keys: no deadlocks."""
    ended: dict[User, list[str]] = {}
    for session in sessions:
        if _close([session.pk], acting.label):
            ended.setdefault(session.user, []).append(str(session.pk))
    for user, keys in ended.items():
        audit.record(acting, "user.sessions-ended", user, {"sessions": [keys, []]})
    return sum(map(len, ended.values()))


def _close(keys: Iterable[Any], why: str) -> int:
    return _close_all(SignedInSession.objects.filter(pk__in=keys), why)


def _close_all(sessions: Sessions, why: str) -> int:
    return sessions.filter(ended_at=None).update(ended_at=timezone.now(), ended_by=why, logout_hints="")


def _session_key(request: HttpRequest) -> str:
    """Django's key of the session; one that has none yet is saved to get it."""
    if request.session.session_key is None:
        request.session.save()
    key: str = request.session.session_key or ""
    return key


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()

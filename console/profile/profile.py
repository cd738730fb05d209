"""The user's own page: details, sessions (R6) and API tokens."""

from dataclasses import dataclass
from typing import cast
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts import sessions
from accounts.audit.audit import Actor, person
from accounts.models import SignedInSession, User
from accounts.tokens import tokens
from accounts.users.users import zone_of
from common.http.client_address import client_address
from common.http.user_agents import in_words

TOKENS_SHOWN = 100


@dataclass(frozen=True)
class Line:
    """One session. `through`: name of the connection; empty: signed in with a password."""

    session: SignedInSession
    browser: str
    through: str
    is_this_one: bool


@require_safe
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    user, current = cast(User, request.user), sessions.current(request)
    lines = [_line(session, current) for session in sessions.open_sessions(user)]
    lines.sort(key=lambda line: not line.is_this_one)
    own_tokens = tokens.living(user.account, owner=user).order_by("-created_at")[:TOKENS_SHOWN]
    page = {"lines": lines, "others": len(lines) > 1, "zone": ZoneInfo(zone_of(user)), "tokens": own_tokens}
    return render(request, "profile/profile.html", page)


@require_POST
@login_required
def end_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """End one of the user's own sessions; 404 for any other."""
    user = cast(User, request.user)
    own = SignedInSession.objects.in_account(user.account_id).defer("logout_hints").filter(user=user)
    if sessions.end(get_object_or_404(own, pk=session_id), acting=_acting(request)):
        messages.success(request, "Session ended. That browser must log in again.")
    return redirect("profile")


@require_POST
@login_required
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    user = cast(User, request.user)
    ended = sessions.end_all(user, acting=_acting(request), but=sessions.current(request))
    word = "session has" if ended == 1 else "sessions have"
    messages.success(request, f"{ended} other {word} ended." if ended else "There were no other sessions.")
    return redirect("profile")


def _line(session: SignedInSession, current: SignedInSession | None) -> Line:
    through = session.connection.name if session.connection else ""
    return Line(session, in_words(session.user_agent), through, current is not None and session.pk == current.pk)


def _acting(request: HttpRequest) -> Actor:
    return person(cast(User, request.user), client_address(request))

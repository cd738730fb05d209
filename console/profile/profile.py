"""The user's own page: details, sessions (R6) and API tokens."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts import sessions
from accounts.models import SignedInSession
from accounts.tokens import tokens
from common.http.user_agents import in_words
from console.shared.guards import acting, own_or_404, person_of

TOKENS_SHOWN = 100


@require_safe
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    user, current = person_of(request), sessions.current(request)
    lines = [(session, in_words(session.user_agent)) for session in sessions.open_sessions(user)]
    lines.sort(key=lambda line: line[0] != current)
    own_tokens = tokens.living(user.account, owner=user).order_by("-created_at")[:TOKENS_SHOWN]
    page = {"lines": lines, "current": current, "others": len(lines) > 1, "tokens": own_tokens}
    return render(request, "profile/profile.html", page)


@require_POST
@login_required
def end_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """End one of the user's own sessions; 404 for any other."""
    own = SignedInSession.objects.defer("logout_hints").filter(user=person_of(request))
    if sessions.end(own_or_404(request, own, session_id), acting=acting(request)):
        messages.success(request, "Session ended. That browser must log in again.")
    return redirect("profile")


@require_POST
@login_required
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    ended = sessions.end_all(person_of(request), acting=acting(request), but=sessions.current(request))
    word = "session has" if ended == 1 else "sessions have"
    messages.success(request, f"{ended} other {word} ended." if ended else "There were no other sessions.")
    return redirect("profile")

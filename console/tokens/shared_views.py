"""Views that API tokens and provisioning tokens share: show a new token once, confirm and revoke."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format

from accounts.models import ApiToken
from accounts.models.token import TokenKind
from accounts.tokens.revocation import check_may_revoke, made_with, revoke_token
from console.shared.confirming import SHOWN, Question, ask, is_confirmed
from console.shared.guards import acting, zone_for
from console.shared.refusals import refusal_as_message
from console.shared.words import counted


def show_once(
    request: HttpRequest, token: ApiToken, text: str, back: str, what_next: str, warning: str = ""
) -> HttpResponse:
    """Respond to the POST itself: no redirect, message or session holds the text (R36). `back`: a route name."""
    page = {"token": token, "text": text, "back": reverse(back), "what_next": what_next, "zone": zone_for(request)}
    response = render(request, "tokens/created.html", {**page, "warning": warning})
    response.headers["Cache-Control"] = "no-store"
    return response


def revoke(request: HttpRequest, token: ApiToken, back: str, consequence: str) -> HttpResponse:
    """Confirm, then revoke the token and all tokens created with it.

    `consequence`: effect on programs that use it; `back`: a URL.
    """
    with refusal_as_message(request):
        if not is_confirmed(request):
            check_may_revoke(token, acting(request))
            return ask(request, _question(request, token, back, consequence))
        ended = [one for one in revoke_token(token, acting=acting(request)) if one != token]
        also = f" {counted(len(ended), 'token', 'tokens')} created with it revoked too." if ended else ""
        messages.success(request, f"Token '{token.name}' revoked.{also}")
    return redirect(back)


def _question(request: HttpRequest, token: ApiToken, back: str, consequence: str) -> Question:
    made = made_with(token)
    number = made.count()
    sentences = [_use_of(token, request), _maker_of(token), f"{consequence} This cannot be undone."]
    if number:
        sentences.append(f"{counted(number, 'token was', 'tokens were')} created with it and will be revoked too:")
    owner = token.user.email if token.user else "the account"
    return Question(
        f"Revoke the token '{token.name}' of {owner}?",
        list(filter(None, sentences)),
        "Revoke" if not number else f"Revoke all {number + 1}",
        back,
        [f"{one.name} ({one.prefix}…)" for one in made[:SHOWN]],
        total=number,
    )


def _maker_of(token: ApiToken) -> str:
    """Return how the token was created; empty: by a user, or unknown."""
    if token.made_by is None:
        return ""
    if token.made_by.kind == TokenKind.SHORT:
        return "A program created it with the owner's password."
    return f"It was created with the token '{token.made_by.name}' ({token.made_by.prefix}…)."


def _use_of(token: ApiToken, request: HttpRequest) -> str:
    if token.last_used_at is None:
        return f"{token.prefix}… was never used."
    zone = zone_for(request)
    return (
        f"{token.prefix}… was last used on {date_format(token.last_used_at.astimezone(zone), 'j M Y, H:i')} ({zone})."
    )

"""What pages about API tokens share: the form for a new one, the page that shows it this once, and its end."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import ApiToken, Connection
from accounts.models.token import TokenKind
from accounts.permissions import HINTS, Permission
from accounts.tokens.revocation import check_may_revoke, made_with, revoke_token
from console.shared.confirming import SHOWN, Question, ask, is_confirmed
from console.shared.guards import acting, permissions_of, zone_for
from console.shared.refusals import counted, told_on_the_next_page

# Days; the default is the longest that a program may ask for (R38).
LIFETIMES = {"30": "in 30 days", "90": "in 90 days", "365": "in a year", "never": "never"}


class TokenForm(forms.Form):
    """Of a token that the account owns: what it may do is decided by whoever makes it."""

    name = forms.CharField(
        label="Name",
        max_length=100,
        help_text="Where it will be used, so that you recognise it later.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "placeholder": "Okta provisioning"}),
    )
    expires = forms.ChoiceField(
        label="Expires",
        choices=tuple(LIFETIMES.items()),
        initial="365",
        help_text="You are told here 30, 14 and 3 days before.",
    )

    @property
    def expires_at(self) -> datetime | None:
        """Of a valid form; None: never."""
        chosen = self.cleaned_data["expires"]
        return None if chosen == "never" else timezone.now() + timedelta(days=int(chosen))


class ProvisioningTokenForm(TokenForm):
    """Of a token that the account owns, for provisioning. Where there are several connections it can name one."""

    connection = forms.ChoiceField(
        label="Connection",
        required=False,
        help_text="Whose people it provisions. A first login through a connection finds people by external ID or plain"
        " user name only if a token of that connection created them.",
    )
    field_order = ("name", "connection", "expires")

    def __init__(self, connections: Iterable[Connection], given: Any = None) -> None:
        super().__init__(given)
        self._connections = {str(one.pk): one for one in connections}
        if len(self._connections) < 2:
            del self.fields["connection"]
            return
        field = self.fields["connection"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  # for the type
        field.choices = [
            ("", "None: it may provision everybody, and logins find its people by verified e-mail only"),
            *((key, one.name) for key, one in self._connections.items()),
        ]

    @property
    def chosen(self) -> Connection | None:
        """The connection, of a valid form."""
        return self._connections.get(self.cleaned_data.get("connection", ""))


class OwnTokenForm(TokenForm):
    """Of one's own token, which may do no more than oneself."""

    permissions = forms.MultipleChoiceField(
        label="Permissions",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Without any, programs can ask who you are, and nothing else.",
    )
    field_order = ("name", "permissions", "expires")

    def __init__(self, request: HttpRequest, given: Any = None) -> None:
        super().__init__(given)
        own = permissions_of(request)
        choices = tuple((str(one), _explained(one)) for one in Permission if one in own)
        field = self.fields["permissions"]
        assert isinstance(field, forms.MultipleChoiceField)  # noqa: S101  # for the type
        field.choices = choices
        if not choices:
            del self.fields["permissions"]


def show_once(
    request: HttpRequest, token: ApiToken, text: str, back: str, what_next: str, warning: str = ""
) -> HttpResponse:
    """The answer to the POST itself: no redirect, message or session ever holds the text (R36). `back`: a route."""
    page = {"token": token, "text": text, "back": reverse(back), "what_next": what_next, "zone": zone_for(request)}
    response = render(request, "tokens/created.html", {**page, "warning": warning})
    response.headers["Cache-Control"] = "no-store"
    return response


def revoke(request: HttpRequest, token: ApiToken, back: str, consequence: str) -> HttpResponse:
    """Ask, then end the token and what was made with it.

    `consequence`: what becomes of programs that use it; `back`: an address.
    """
    with told_on_the_next_page(request):
        if not is_confirmed(request):
            check_may_revoke(token, acting(request))
            return ask(request, _question(request, token, back, consequence))
        ended = [one for one in revoke_token(token, acting=acting(request)) if one != token]
        also = f" {counted(len(ended), 'token', 'tokens')} made with it ended too." if ended else ""
        messages.success(request, f"The token '{token.name}' is revoked.{also}")
    return redirect(back)


def _question(request: HttpRequest, token: ApiToken, back: str, consequence: str) -> Question:
    made = made_with(token)
    number = made.count()
    sentences = [_use_of(token, request), _maker_of(token), f"{consequence} A revoked token never works again."]
    if number:
        sentences.append(f"{counted(number, 'token was', 'tokens were')} made with it and will be revoked with it:")
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
    """Empty: no token made it, or it is not known any more."""
    if token.made_by is None:
        return ""
    if token.made_by.kind == TokenKind.SHORT:
        return "A program made it after logging in with the owner's password."
    return f"It was made with the token '{token.made_by.name}' ({token.made_by.prefix}…)."


def _use_of(token: ApiToken, request: HttpRequest) -> str:
    if token.last_used_at is None:
        return f"{token.prefix}… was never used."
    zone = zone_for(request)
    return (
        f"{token.prefix}… was last used on {date_format(token.last_used_at.astimezone(zone), 'j M Y, H:i')} ({zone})."
    )


def _explained(permission: Permission) -> str:
    hint = HINTS.get(permission)
    return f"{permission}: {hint[0].lower()}{hint[1:]}" if hint else str(permission)

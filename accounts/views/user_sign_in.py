"""What an admin ends or gives of a person's ways in: sessions, API tokens, a link to set a password."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.models import ApiToken, SignedInSession, User
from accounts.pages.confirming import Question, ask, is_confirmed
from accounts.pages.guards import acting, needs
from accounts.pages.refusals import counted, told_on_the_next_page
from accounts.permissions import Permission
from accounts.services import sessions, tokens
from accounts.services.password_links import make_link
from accounts.views.user import person_or_404


@require_POST
@needs(Permission.MANAGE_USERS)
def end_session_of_user(request: HttpRequest, user_id: UUID, session_id: UUID) -> HttpResponse:
    person = person_or_404(request, user_id)
    own = SignedInSession.objects.in_account(person.account_id).defer("logout_hints").filter(user=person)
    session = get_object_or_404(own, pk=session_id)
    with told_on_the_next_page(request):
        if sessions.end(session, acting=acting(request)):
            messages.success(request, f"The session of {person} has ended. That browser has to log in again.")
    return _back(person)


@require_POST
@needs(Permission.MANAGE_USERS)
def end_sessions_of_user(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """All of them; of one's own, all but this one."""
    person = person_or_404(request, user_id)
    if not is_confirmed(request):
        sentences = ["They have to log in again in each browser. Their access stays as it is."]
        question = Question(f"End all sessions of {person}?", sentences, "End all sessions", _address(person))
        return ask(request, question)
    but = sessions.current(request) if person == request.user else None
    with told_on_the_next_page(request):
        ended = sessions.end_all(person, acting=acting(request), but=but)
        messages.success(request, f"{counted(ended, 'session', 'sessions')} of {person} ended.")
    return _back(person)


@require_POST
@needs(Permission.MANAGE_USERS)
def revoke_token_of_user(request: HttpRequest, user_id: UUID, token_id: UUID) -> HttpResponse:
    person = person_or_404(request, user_id)
    own = ApiToken.objects.in_account(person.account_id).filter(user=person)
    token = get_object_or_404(own, pk=token_id)
    if not is_confirmed(request):
        sentences = ["Every program that uses it is refused from then on. It cannot be brought back."]
        title = f"Revoke the token {token.name} of {person}?"
        return ask(request, Question(title, sentences, "Revoke", _address(person)))
    if tokens.revoke_token(token, acting=acting(request)):
        messages.success(request, f"The token {token.name} is revoked.")
    return _back(person)


@require_POST
@needs(Permission.MANAGE_USERS)
def make_password_link(request: HttpRequest, user_id: UUID) -> HttpResponse:
    person = person_or_404(request, user_id)
    with told_on_the_next_page(request):
        return show_link(request, person, make_link(person, acting=acting(request)))
    return _back(person)


def show_link(request: HttpRequest, person: User, link: str) -> HttpResponse:
    """The only time it is shown; it is kept nowhere."""
    return render(request, "users/password_link.html", {"person": person, "link": link})


def _address(person: User) -> str:
    return reverse("user", args=[person.pk])


def _back(person: User) -> HttpResponse:
    return redirect("user", user_id=person.pk)

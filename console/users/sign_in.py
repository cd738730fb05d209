"""Manage how a user signs in: identities, sessions, API tokens, password link."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts import sessions
from accounts.connections import identities
from accounts.connections.scope import named
from accounts.models import ApiToken, ExternalIdentity, SignedInSession, User
from accounts.passwords.links import make_link
from accounts.permissions import Permission
from console.shared.confirming import Question, ask, is_confirmed
from console.shared.guards import acting, needs, own_or_404
from console.shared.refusals import refusal_as_message
from console.shared.words import counted
from console.tokens.tokens import revoke
from console.users.forms import PasswordLinkForm
from console.users.user import address_of, person_or_404


@require_POST
@needs(Permission.MANAGE_USERS)
def end_session_of_user(request: HttpRequest, user_id: UUID, session_id: UUID) -> HttpResponse:
    person = person_or_404(request, user_id)
    session = own_or_404(request, SignedInSession.objects.defer("logout_hints").filter(user=person), session_id)
    with refusal_as_message(request):
        if sessions.end(session, acting=acting(request)):
            messages.success(request, f"Session of {person} ended. That browser must log in again.")
    return redirect(address_of(person))


@require_POST
@needs(Permission.MANAGE_USERS)
def end_sessions_of_user(request: HttpRequest, user_id: UUID) -> HttpResponse:
    """End all sessions; of the admin's own, all but the current one."""
    person = person_or_404(request, user_id)
    if not is_confirmed(request):
        sentences = ["The user must log in again in each browser. Access does not change."]
        question = Question(f"End all sessions of {person}?", sentences, "End all sessions", address_of(person))
        return ask(request, question)
    but = sessions.current(request) if person == request.user else None
    with refusal_as_message(request):
        ended = sessions.end_all(person, acting=acting(request), but=but)
        messages.success(request, f"{counted(ended, 'session', 'sessions')} of {person} ended.")
    return redirect(address_of(person))


@require_POST
@needs(Permission.MANAGE_USERS)
def revoke_token_of_user(request: HttpRequest, user_id: UUID, token_id: UUID) -> HttpResponse:
    person = person_or_404(request, user_id)
    token = own_or_404(request, ApiToken.objects.filter(user=person), token_id)
    return revoke(request, token, address_of(person), "Programs that use it lose access.")


@require_POST
@needs(Permission.MANAGE_USERS)
def make_password_link(request: HttpRequest, user_id: UUID) -> HttpResponse:
    person, form = person_or_404(request, user_id), PasswordLinkForm(request.POST)
    if not is_confirmed(request) or not form.is_valid():
        return ask(request, _link_question(person))
    end_tokens = form.cleaned_data["end_tokens"]
    with refusal_as_message(request):
        link = make_link(person, end_tokens=end_tokens, acting=acting(request))
        return show_link(request, person, link, end_tokens=end_tokens)
    return redirect(address_of(person))


@require_POST
@needs(Permission.MANAGE_USERS)
def remove_identity(request: HttpRequest, user_id: UUID, identity_id: UUID) -> HttpResponse:
    person = person_or_404(request, user_id)
    own = ExternalIdentity.objects.filter(user=person).select_related("connection")
    identity = own_or_404(request, own, identity_id)
    if not is_confirmed(request):
        return ask(request, _identity_question(person, identity))
    with refusal_as_message(request):
        done = identities.remove_identity(identity, acting=acting(request))
        ended = counted(done.sessions, "session", "sessions")
        messages.success(request, f"Identity at {identity.connection} removed, {ended} ended.")
    return redirect(address_of(person))


def _identity_question(person: User, identity: ExternalIdentity) -> Question:
    sentences = [
        f"{identity.connection} identifies this user by the subject “{identity.subject}”. Sessions opened with it end."
        " Spaces, groups and roles stay.",
        _how_they_link(person),
    ]
    title = f"Remove the identity of {person} at {identity.connection}?"
    return Question(title, sentences, "Remove identity", address_of(person))


def _how_they_link(person: User) -> str:
    """Return how the next login links the user, with the connections by name."""
    if person.has_usable_password():
        return "To link again, the user signs in with the password and then uses “Log in with SSO” in the same browser."
    through = identities.links_again_through(person)
    if not through:
        return (
            f"No live connection has the verified domain of “{person.email}”, so no login can match this user by email."
            " The user needs another identity, a password, or an external ID from provisioning."
        )
    return (
        f"Once no identity is left, the next login with the verified email “{person.email}” links to this user, through"
        f" {named(row.name for row in through)}. Remove the identity only if that email still belongs to this person."
    )


def _link_question(person: User) -> Question:
    sentences = [
        "You get a link to send to the user. It works once, within an hour.",
        "When the user sets a password with it, all their sessions end, including those of programs.",
    ]
    title, cancel = f"Create a set-password link for {person}?", address_of(person)
    return Question(title, sentences, "Create link", cancel, form=PasswordLinkForm(), is_dangerous=False)


def show_link(request: HttpRequest, person: User, link: str, *, end_tokens: bool = False) -> HttpResponse:
    """Show the link once; it is stored nowhere."""
    page = {"person": person, "link": link, "end_tokens": end_tokens}
    return render(request, "users/password_link.html", page)

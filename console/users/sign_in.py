"""What an admin ends or gives of a person's ways to sign in: identities, sessions, API tokens, a password link."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts import sessions
from accounts.connections import identities
from accounts.connections.scope import named
from accounts.models import ApiToken, ExternalIdentity, SignedInSession, User
from accounts.passwords.links import make_link
from accounts.permissions import Permission
from console.shared.confirming import Question, ask, is_confirmed
from console.shared.guards import acting, needs
from console.shared.refusals import counted, told_on_the_next_page
from console.tokens.shared_views import revoke
from console.users.forms import PasswordLinkForm
from console.users.user import person_or_404


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
    return revoke(request, token, _address(person), "Programs that use it are refused from then on.")


@require_POST
@needs(Permission.MANAGE_USERS)
def make_password_link(request: HttpRequest, user_id: UUID) -> HttpResponse:
    person, form = person_or_404(request, user_id), PasswordLinkForm(request.POST)
    if not is_confirmed(request) or not form.is_valid():
        return ask(request, _link_question(person))
    end_tokens = form.cleaned_data["end_tokens"]
    with told_on_the_next_page(request):
        link = make_link(person, end_tokens=end_tokens, acting=acting(request))
        return show_link(request, person, link, end_tokens=end_tokens)
    return _back(person)


@require_POST
@needs(Permission.MANAGE_USERS)
def remove_identity(request: HttpRequest, user_id: UUID, identity_id: UUID) -> HttpResponse:
    person = person_or_404(request, user_id)
    own = ExternalIdentity.objects.in_account(person.account_id).filter(user=person).select_related("connection")
    identity = get_object_or_404(own, pk=identity_id)
    if not is_confirmed(request):
        return ask(request, _identity_question(person, identity))
    with told_on_the_next_page(request):
        done = identities.remove_identity(identity, acting=acting(request))
        ended = counted(done.sessions, "session", "sessions")
        messages.success(request, f"The identity at {identity.connection} was removed, and {ended} ended.")
    return _back(person)


def _identity_question(person: User, identity: ExternalIdentity) -> Question:
    sentences = [
        f"{identity.connection} knows this user by the subject “{identity.subject}”. The sessions that were opened with"
        " it end now. Spaces, groups and roles stay.",
        _how_they_link(person),
    ]
    title = f"Remove the identity of {person} at {identity.connection}?"
    return Question(title, sentences, "Remove identity", _address(person))


def _how_they_link(person: User) -> str:
    """What the next login does, with the connections by name."""
    if person.has_usable_password():
        return "They sign in with their password, then use “Log in with SSO” in the same browser to link both."
    through = identities.links_again_through(person)
    if not through:
        return (
            f"No live connection has the verified domain of “{person.email}”: a login will not find this user by email."
            " They sign in with another identity, a password, or the external ID that provisioning stored."
        )
    return (
        f"Once no identity is left, the next login with the verified email “{person.email}” links to this user, through"
        f" {named(row.name for row in through)}. Remove it only if that email is still this person's."
    )


def _link_question(person: User) -> Question:
    sentences = [
        "You get a link to hand over. It works once, within an hour.",
        "The password that they set with it ends all their sessions, and those of their programs.",
    ]
    title, cancel = f"Make a link for {person} to set a password?", _address(person)
    return Question(title, sentences, "Make the link", cancel, form=PasswordLinkForm(), is_dangerous=False)


def show_link(request: HttpRequest, person: User, link: str, *, end_tokens: bool = False) -> HttpResponse:
    """The only time it is shown; it is kept nowhere."""
    page = {"person": person, "link": link, "end_tokens": end_tokens}
    return render(request, "users/password_link.html", page)


def _address(person: User) -> str:
    return reverse("user", args=[person.pk])


def _back(person: User) -> HttpResponse:
    return redirect("user", user_id=person.pk)

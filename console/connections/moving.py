"""Move users to a connection: preview, start, progress, finish, undo."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_POST, require_safe

from accounts.connections import connections
from accounts.connections.moving import moves
from accounts.connections.moving.findings import ADVICE, Finding, counts_of, people_of, privileged_people
from accounts.models import Connection, ConnectionMove, User
from accounts.models.identity import ConnectionState
from accounts.permissions import Permission
from console.connections.tabs import address_of, connection_of, shown
from console.shared.confirming import Question, ask, is_confirmed
from console.shared.guards import account_of, acting, needs, own_or_404
from console.shared.lists import Listing
from console.shared.refusals import refusal_as_message
from console.shared.searching import search_box, users_like
from console.shared.words import counted

ORDERS = {"email": ("email_key",), "finding": ("finding", "email_key")}


class MoveFilters(django_filters.FilterSet):
    q = django_filters.CharFilter(label="Search", method="search", widget=search_box("Name or email"))
    finding = django_filters.ChoiceFilter(label="Result", choices=Finding.choices, empty_label="all")

    def search(self, users: QuerySet[User], _name: str, text: str) -> QuerySet[User]:
        return users.filter(users_like(text))


class SourceForm(forms.Form):
    """GET form: the connection that users move from."""

    source = forms.ModelChoiceField(Connection.objects.none(), label="Move users from", empty_label=None)

    def __init__(self, target: Connection, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["source"]
        field.queryset = sources_of(target)
        field.label_from_instance = lambda row: (
            f"{row} (its subjects have changed)" if row.pk == target.pk else str(row)
        )


class StartForm(forms.Form):
    includes_privileged = forms.BooleanField(
        label="Link users with account permissions too",
        required=False,
        initial=True,
        help_text="Anyone who can set an email at the identity provider could then sign in as one of them."
        " Otherwise, they sign in the old way first, then through the new connection in the same browser.",
    )


class HandOverForm(forms.Form):
    hand_over = forms.BooleanField(required=False, initial=True)


class BackForm(HandOverForm):
    disable = forms.BooleanField(required=False)


def sources_of(target: Connection) -> QuerySet[Connection]:
    rows: QuerySet[Connection] = Connection.objects.in_account(target.account_id)
    return rows.exclude(state=ConnectionState.DRAFT).order_by("name")


def _move_of(request: HttpRequest, target: Connection) -> ConnectionMove | None:
    """Return the move from the connection in `source`; without it an open move, or one from another connection."""
    source: Connection | None
    if asked := request.GET.get("source"):
        source = own_or_404(request, sources_of(target), _uuid(asked))
    else:
        if found := moves.open_moves_to(target).first():
            return found
        source = sources_of(target).exclude(pk=target.pk).first()
    return moves.open_or_planned(source, target) if source else None


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)  # nobody's


@require_safe
@needs(Permission.MANAGE_SSO)
def move(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    target = connection_of(request, connection_id)
    found = _move_of(request, target)
    page: dict[str, Any] = {"move": found, "sources": SourceForm(target, initial={"source": found and found.source_id})}
    if found:
        listing = Listing(request, people_of(found), MoveFilters, ORDERS)
        counts = counts_of(found)
        page |= {
            "listing": listing,
            "rows": [(person, Finding(person.finding)) for person in listing.page],
            "counts": [(finding, people, ADVICE.get(finding, "")) for finding, people in counts.items()],
            "total": sum(counts.values()),
            "linked": counts.get(Finding.LINKED, 0),
            "links": counts.get(Finding.LINKS, 0),
            "is_on": found.started_at is not None,
        }
    return shown(request, target, "connection-move", "connections/move.html", **page)


@require_GET
@needs(Permission.MANAGE_SSO)
def export(request: HttpRequest, connection_id: UUID) -> HttpResponseBase:
    """Export all users of the move as CSV."""
    target = connection_of(request, connection_id)
    found = _move_of(request, target)
    text: Iterator[str] = moves.export(found, acting=acting(request)) if found else iter(())
    headers = {"Content-Disposition": f'attachment; filename="move-{account_of(request).slug}.csv"'}
    return StreamingHttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)


@require_POST
@needs(Permission.MANAGE_SSO)
def start(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    target = connection_of(request, connection_id)
    source = own_or_404(request, sources_of(target), _uuid(request.POST.get("source", "")))
    form = StartForm(request.POST)
    if not is_confirmed(request) or not form.is_valid():
        return ask(request, _start_question(moves.open_or_planned(source, target)))
    with refusal_as_message(request):
        privileged = form.cleaned_data["includes_privileged"]
        moves.start_move(source, target, includes_privileged=privileged, acting=acting(request))
        messages.success(request, f"Move started. Users of {source} are linked at their next login through {target}.")
    return redirect(_address(target, source))


def _start_question(planned: ConnectionMove) -> Question:
    counts, target = counts_of(planned), planned.target
    links, total = counts.get(Finding.LINKS, 0), sum(counts.values())
    named = privileged_people(planned)
    return Question(
        title=f"Move users from {planned.source} to {target}?",
        sentences=[
            f"{links:,} of {counted(total, 'user', 'users')} will be linked at their first login through {target} by"
            " verified email. Nothing changes before that.",
            f"Users can also sign in through {planned.source} until you disable it.",
            f"With account permissions: {counted(len(named), 'user', 'users')}{', listed below' if named else ''}.",
        ],
        names=named,
        shows_all=True,
        fields=[("source", str(planned.source_id))],
        form=StartForm(),
        button="Start the move",
        cancel_address=_address(target, planned.source),
        is_dangerous=False,
    )


@require_POST
@needs(Permission.MANAGE_SSO)
def finish(request: HttpRequest, connection_id: UUID, move_id: UUID) -> HttpResponse:
    target = connection_of(request, connection_id)
    found = own_or_404(request, moves.open_moves_to(target), move_id)
    form = HandOverForm(request.POST)
    if not is_confirmed(request) or not form.is_valid():
        return ask(request, _finish_question(found))
    with refusal_as_message(request):
        handed = moves.finish_move(found, acting=acting(request), hand_over=form.cleaned_data["hand_over"])
        more = f" {target} now provisions {counted(handed, 'more user', 'more users')}." if handed else ""
        messages.success(request, f"Move from {found.source} finished.{more}")
    return redirect(_address(target, found.source))


def _finish_question(found: ConnectionMove) -> Question:
    counts, source, target = counts_of(found), found.source, found.target
    waiting, handed = counts.get(Finding.LINKS, 0), moves.provisioned(found, source).count()
    users = counted(handed, "user", "users")
    sentences = [
        f"Not signed in through {target} yet: {counted(waiting, 'user', 'users')}. They are no longer linked by"
        f" email, and still sign in through {source}.",
        f"All identities stay, and {source} stays {source.get_state_display()}. Groups from its last logins stay"
        " until you disable it.",
    ]
    if handed:
        sentences.append(
            f"{source} still provisions {users} who are linked. Unassigning them there deprovisions them here."
        )
    form = HandOverForm()
    form.fields[
        "hand_over"
    ].label = f"{target} takes over provisioning of {users}. {source} can no longer change or deprovision them"
    return Question(
        title=f"Finish the move from {source}?",
        sentences=sentences,
        form=form if handed else None,
        button="Finish the move",
        cancel_address=_address(target, source),
        is_dangerous=False,
    )


@require_POST
@needs(Permission.MANAGE_SSO)
def back(request: HttpRequest, connection_id: UUID, move_id: UUID) -> HttpResponse:
    target = connection_of(request, connection_id)
    found = own_or_404(request, moves.open_moves_to(target), move_id)
    form = BackForm(request.POST)
    if not is_confirmed(request) or not form.is_valid():
        return ask(request, _back_question(found))
    with refusal_as_message(request):
        done = moves.undo_move(found, acting=acting(request), **form.cleaned_data)
        users, ended = counted(done.people, "user", "users"), counted(done.sessions, "session", "sessions")
        effect = f"{users} unlinked from {target}, {ended} ended"
        messages.success(request, f"Users sign in through {found.source} again: {effect}.")
    return redirect(_address(target, found.source))


def _back_question(found: ConnectionMove) -> Question:
    source, target = found.source, found.target
    return Question(
        title=f"Go back to {source}?",
        sentences=[
            f"All users linked to {target} since the start are unlinked, and sessions opened through it end. They sign"
            f" in through {source} as before. Spaces, groups and roles stay.",
            f"Cannot sign in without {target}: {counted(connections.only_way_in(target), 'user', 'users')}.",
        ],
        form=_back_form(found),
        button=f"Go back to {source}",
        cancel_address=_address(target, source),
    )


def _back_form(found: ConnectionMove) -> BackForm:
    """Build the form without options that do not apply."""
    form, source, target = BackForm(), found.source, found.target
    if handed := moves.provisioned(found, target).count():
        users = counted(handed, "user", "users")
        form.fields["hand_over"].label = f"{source} takes over provisioning of the {users} that {target} provisions"
    else:
        del form.fields["hand_over"]
    if found.is_within:
        del form.fields["disable"]
    else:
        form.fields["disable"].label = f"Also disable {target}, so that the sign-in page does not offer it"
    return form


def _address(target: Connection, source: Connection) -> str:
    return f"{address_of(target, 'connection-move')}?{urlencode({'source': str(source.pk)})}"

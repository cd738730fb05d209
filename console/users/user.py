"""One user: access and its reasons, sign-in, history."""

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts import sessions
from accounts.connections import scope as connection_scope
from accounts.groups.managed_by_hand import Ruling
from accounts.groups.members import rulings
from accounts.models import AuditEntry, ExternalIdentity, FormerAccess, GroupMembership, LoginRecord, User
from accounts.models.user import UserState
from accounts.permissions import Permission
from accounts.provisioning.identifiers import IDENTIFIERS
from accounts.rights import beyond
from accounts.tokens import tokens
from common.http.user_agents import in_words
from console.audit.entries import line_of
from console.shared.guards import account_of, acting, needs, own_or_404
from console.users.forms import AccountRoleForm, IdentifiersForm, JoinForm, PlaceForm
from console.users.users import users_of
from spaces.rights import rights_of

LATEST = 20


@require_safe
@needs(Permission.MANAGE_USERS)
def user(request: HttpRequest, user_id: UUID) -> HttpResponse:
    return show(request, person_or_404(request, user_id))


def person_or_404(request: HttpRequest, user_id: UUID) -> User:
    return own_or_404(request, users_of(account_of(request)).select_related("account", "account_role"), user_id)


def address_of(person: User) -> str:
    return reverse("user", args=[person.pk])


def show(request: HttpRequest, person: User, **forms: Any) -> HttpResponse:
    """Render the page of a user. `forms`: bound forms with errors, in place of fresh ones."""
    account, rights, managed = account_of(request), rights_of(person), _managed(person)
    identifiers = {**{name: getattr(person, name) for name in IDENTIFIERS}, "connection": person.provisioned_by}
    page = {
        "person": person,
        "is_out": person.state == UserState.DEPROVISIONED,
        "is_oneself": person == request.user,
        "rights": rights,
        "groups": [(right, managed[right.group_id]) for right in rights.groups if right.group_id in managed],
        "beyond": beyond([person], acting(request)).get(person.pk),
        "identifiers": IdentifiersForm(account, initial=identifiers),
        "account_role": AccountRoleForm(account, initial={"role": person.account_role_id}),
        "place": PlaceForm(account),
        "join": JoinForm(account),
        **_sign_in(person),
        **_past(person),
        **forms,
    }
    return render(request, "users/user.html", page)


def _managed(person: User) -> dict[UUID, Ruling]:
    """Return for each group whether an admin may remove the user from it, and why."""
    own = GroupMembership.objects.in_account(person.account_id).filter(user=person)
    memberships = list(own.select_related("group", "user", "connection"))
    found = rulings(memberships)
    return {membership.group_id: found[membership.pk] for membership in memberships}


def _sign_in(person: User) -> dict[str, Any]:
    identities = ExternalIdentity.objects.in_account(person.account_id).filter(user=person)
    return {
        "identities": identities.select_related("connection").order_by("connection__name", "subject"),
        "sessions": [(session, in_words(session.user_agent)) for session in sessions.open_sessions(person)],
        "tokens": tokens.live_tokens(person.account, owner=person),
        "provisioned": _provisioned(person),
    }


def _past(person: User) -> dict[str, Any]:
    of_account = person.account_id
    logins = LoginRecord.objects.in_account(of_account).filter(user=person).select_related("connection")
    entries = AuditEntry.objects.in_account(of_account).filter(object_id=person.pk).order_by("-at")
    return {
        "logins": logins.order_by("-at")[:LATEST],
        "lines": [line_of(entry) for entry in entries[:LATEST]],
        "former": FormerAccess.objects.in_account(of_account).filter(user=person).first(),
    }


def _provisioned(person: User) -> list[tuple[str, str]]:
    """Return the attributes that provisioning stored beside the profile; empty for users it never sent."""
    by = connection_scope.name_of(person.provisioned_by, person.account_id) if person.provisioned_by else ""
    user_name = person.user_name if person.user_name != person.email or person.external_id else ""
    kept = {
        "by connection": by.strip("'"),
        "userName": user_name,
        "externalId": person.external_id,
        "displayName": person.display_name,
    }
    return [(name, _text(value)) for name, value in {**kept, **person.scim_attributes}.items() if value]


def _text(value: Any) -> str:
    if value is None or value == [] or value == {}:
        return ""
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

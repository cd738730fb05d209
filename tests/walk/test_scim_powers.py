"""Every verb of SCIM on every kind of user: provisioning raises nobody and takes nobody over, and ends any access."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from accounts.audit.audit import OPERATOR
from accounts.models import User
from accounts.permissions import Permission
from accounts.rights import account_permissions
from accounts.tokens import tokens
from scim.urls import urlpatterns
from tests.support.secrets_in_logs import secret
from tests.walk.asking import World
from tests.walk.test_powers import people

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"


def resource(user: User, **changed: Any) -> dict[str, Any]:
    emails = [{"value": user.email, "type": "work", "primary": True}]
    return {"schemas": [USER], "userName": user.user_name, "emails": emails, **changed}


def patch(path: str, value: Any) -> dict[str, Any]:
    return {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "path": path, "value": value}]}


@dataclass(frozen=True)
class Verb:
    """`identifies`: it changes what logins find the user by, so nobody with an account permission may be its target."""

    method: str
    body: Callable[[User], Any] = lambda _: None
    identifies: bool = False


EVIL = "evil@acme.example"
VERBS = {
    "PUT externalId": Verb("PUT", lambda user: resource(user, externalId="evil"), identifies=True),
    "PUT userName": Verb("PUT", lambda user: resource(user, userName="evil"), identifies=True),
    "PUT e-mail": Verb("PUT", lambda user: resource(user, emails=[{"value": EVIL}]), identifies=True),
    "PUT with active": Verb("PUT", lambda user: resource(user, externalId="evil", active=True), identifies=True),
    "PATCH externalId": Verb("PATCH", lambda _: patch("externalId", "evil"), identifies=True),
    "PATCH userName": Verb("PATCH", lambda _: patch("userName", "evil"), identifies=True),
    "PATCH e-mail": Verb("PATCH", lambda _: patch('emails[type eq "work"].value', EVIL), identifies=True),
    "PATCH without path": Verb("PATCH", lambda _: patch("", {"externalId": "evil"}), identifies=True),
    "PUT name": Verb("PUT", lambda user: resource(user, name={"givenName": "New"})),
    "PATCH name": Verb("PATCH", lambda _: patch("name.givenName", "New")),
    "PATCH active": Verb("PATCH", lambda _: patch("active", False)),
    "PUT active": Verb("PUT", lambda user: resource(user, active=False)),
    "DELETE": Verb("DELETE"),
}
# Addresses that change nobody who is there; `test_every_address…` fails for a new one.
OTHERS = {
    "users": "POST creates; a name that is taken is 409, a deprovisioned user has no permission",
    "me": "the same views as `user`, for the token's owner",
    "search": "reads",
    "groups": "off: reads only",
    "groups-search": "reads",
    "group": "off: reads only",
    "provider": "reads",
    "resource-types": "reads",
    "schemas": "reads",
    "bulk": "refused",
    "nothing": "nothing is there",
}


@pytest.fixture
def okta(world: World) -> str:
    made = tokens.issue_service_token(world.ours.account, "Okta", [Permission.MANAGE_USERS], acting=OPERATOR)
    return secret(made[1])


def ask(token: str, verb: Verb, user: User) -> tuple[int, User]:
    """The status, and the user as they would be; nothing of it lasts."""
    content = json.dumps(verb.body(user)) if verb.method != "DELETE" else ""
    with transaction.atomic():
        answer = Client().generic(
            verb.method,
            f"/api/scim/Users/{user.pk}",
            content,
            content_type="application/scim+json",
            headers={"Authorization": f"Bearer {token}"},
        )
        after = User.objects.select_related("account_role").get(pk=user.pk)
        transaction.set_rollback(True)
    return answer.status_code, after


def identifiers(user: User) -> tuple[str, str, str]:
    return user.user_name, user.email, user.external_id


def test_every_address_of_scim_is_walked_or_has_a_reason() -> None:
    assert {pattern.name for pattern in urlpatterns} == {"user", *OTHERS}


@pytest.mark.parametrize("name", VERBS)
def test_a_verb_changes_no_identifier_of_who_has_permissions(world: World, okta: str, name: str) -> None:
    verb, found = VERBS[name], []
    for kind, user in people(world.ours.account).items():
        by_password = "e-mail" in name and user.origin == "password"
        refused = verb.identifies and (bool(account_permissions(user)) or by_password)
        status, after = ask(okta, verb, user)
        if (status == 403) != refused or status >= 500:
            found.append(f"{name} on {kind}: {status}")
        if account_permissions(after) - account_permissions(user):
            found.append(f"{name} raised {kind}")
        if refused and (after.user_name, after.email, after.external_id) != (
            user.user_name,
            user.email,
            user.external_id,
        ):
            found.append(f"{name} on {kind}: refused and done")
    assert not found, "\n".join(["", *found])


@pytest.mark.parametrize("name", ["PATCH active", "PUT active", "DELETE"])
def test_provisioning_ends_the_access_of_everybody_but_the_last_admin(world: World, okta: str, name: str) -> None:
    for kind, user in people(world.ours.account).items():
        status, after = ask(okta, VERBS[name], user)
        assert (status < 300, after.state) == (True, "deprovisioned"), kind
        assert account_permissions(after) == set()
    User.objects.filter(account=world.ours.account, account_role__name="Account Admin").exclude(
        pk=world.ours.admin.pk
    ).delete()
    assert ask(okta, VERBS[name], world.ours.admin)[0] == 403

"""Advisories about provisioning: rows 1, 30, 31 and 39."""

import json
from typing import Any

import pytest
from django.test import Client

from accounts.audit.audit import OPERATOR
from accounts.models import Group, User
from accounts.tokens import tokens
from tests.accounts.api.programs import try_login
from tests.advisories.outside import browser_of, link, signed_in_as
from tests.scim.client import BASE, USER, ScimClient
from tests.scim.conftest import service_token
from tests.support.cast import PASSWORD, Cast
from tests.support.factories import mapped_group, put_in
from tests.support.journeys import SamlJourney

pytestmark = pytest.mark.django_db


@pytest.fixture
def okta(cast: Cast) -> ScimClient:
    """Acme's provisioning."""
    return ScimClient(service_token(cast.acme))


def tempting(cast: Cast) -> dict[str, str]:
    """What an attacker would like an externalId to be taken for."""
    alice = cast.alice
    return {
        "number": "1",
        "id": str(alice.pk),
        "hex": alice.pk.hex,
        "e-mail": alice.email,
        "account": str(cast.acme.pk),
    }


WISHES = ("number", "id", "hex", "e-mail", "account")


@pytest.mark.parametrize("wish", WISHES)
def test_01_an_external_id_is_nobodys_id(cast: Cast, okta: ScimClient, wish: str) -> None:
    wanted = tempting(cast)[wish]
    created = okta.create("mallory@acme.example", externalId=wanted).body
    assert created["id"] not in (wanted, str(cast.alice.pk))
    assert okta.get(f"/Users/{cast.alice.pk}").body["userName"] == "alice@acme.example"
    if wanted != str(cast.alice.pk):
        assert okta.get(f"/Users/{wanted}").status == 404
    assert okta.find(f'id eq "{created["id"]}"').body["Resources"][0]["userName"] == "mallory@acme.example"


@pytest.mark.parametrize("wish", WISHES)
def test_01_a_login_with_that_subject_is_whom_provisioning_created(
    cast: Cast, okta: ScimClient, saml: SamlJourney, wish: str
) -> None:
    cast.alice.identities.all().delete()
    okta.create("mallory@acme.example", externalId=tempting(cast)[wish])
    saml.log_in(email="mallory@acme.example", name_id=tempting(cast)[wish])
    assert signed_in_as(saml.browser) in ("mallory@acme.example", None)
    assert not cast.alice.identities.exists()


def test_01_a_changed_external_id_is_nobodys_id_either(cast: Cast, okta: ScimClient) -> None:
    mallory = okta.create("mallory@acme.example", externalId="00u1").body["id"]
    okta.patch(mallory, {"op": "replace", "path": "externalId", "value": str(cast.alice.pk)})
    assert okta.ask("DELETE", f"/Users/{mallory}").status == 204
    assert User.objects.get(pk=cast.alice.pk).state == "active"


def test_01_a_session_names_nobody_by_external_id(cast: Cast, okta: ScimClient) -> None:
    """The pages that take an id take no externalId."""
    okta.create("mallory@acme.example", externalId=str(cast.alice.pk))
    page = browser_of(cast.alice).get(f"/users/{cast.alice.pk}").content.decode()
    assert "alice@acme.example" in page


PATHS = ("", "/", "/Users", "/Users/", "/Users/{id}", "/Users/{id}/", "/Users/.search", "/.search", "/Me", "/Groups",
         "/Groups/1", "/Groups/.search", "/Bulk", "/Schemas", "/Schemas/x", "/ResourceTypes", "/ResourceTypes/User",
         "/ServiceProviderConfig", "/nothing", "/Users/../Users", "/%55sers", "/Users/%2e%2e/Users", "//Users",
         "/Users;x=1", "/users", "/USERS", "/Users/{id}%2F", "/Users.json")  # fmt: skip
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "LINK", "PROPFIND", "get")


@pytest.mark.parametrize("base", [BASE, f"{BASE}/v2", f"{BASE}//", f"{BASE}/v2/v2"])
def test_30_without_a_token_every_path_and_method_is_refused(cast: Cast, base: str) -> None:
    before = list(User.objects.order_by("pk").values())
    for path in PATHS:
        for method in METHODS:
            answer = Client().generic(method, base + path.format(id=cast.petra.pk), b"{}", content_type="text/json")
            assert answer.status_code in (401, 404), (method, base + path, answer.status_code)
            assert b"acme.example" not in answer.content
    assert list(User.objects.order_by("pk").values()) == before


def carried(token: str) -> dict[str, dict[str, Any]]:
    """A good token where none is looked for, and none where one is."""
    return {
        "in the query": {"query_params": {"access_token": token, "token": token}},
        "in a cookie": {"headers": {"Cookie": f"token={token}; Authorization=Bearer {token}"}},
        "as Basic": {"headers": {"Authorization": f"Basic {token}"}},
        "in another header": {"headers": {"X-Authorization": f"Bearer {token}", "X-Api-Key": token}},
        "cut": {"headers": {"Authorization": f"Bearer {token[:-1]}"}},
        "in capitals": {"headers": {"Authorization": f"Bearer {token.upper()}"}},
        "with another behind": {"headers": {"Authorization": f"Bearer {token}, Bearer {token}"}},
        "null": {"headers": {"Authorization": "Bearer null"}},
        "empty": {"headers": {"Authorization": "Bearer "}},
    }


def test_30_a_token_counts_in_its_own_header_only(cast: Cast) -> None:
    for name, sent in carried(service_token(cast.acme)).items():
        assert Client().get(f"{BASE}/Users", **sent).status_code == 401, name


def test_30_an_admins_session_is_no_token(as_alice: Client) -> None:
    assert as_alice.get(f"{BASE}/Users").status_code == 401


@pytest.mark.parametrize("permission", ["Manage Roles", "Manage Spaces", "Manage Single Sign-On", "View Audit Log"])
def test_30_a_token_for_something_else_is_refused(cast: Cast, permission: str) -> None:
    client = ScimClient(service_token(cast.acme, permission))
    for path in ("/Users", f"/Users/{cast.petra.pk}", "/Groups", "/Schemas"):
        assert client.get(path).status == 403


@pytest.mark.parametrize("email", ["alice@acme.example", "bob@acme.example"])
def test_30_a_short_token_provisions_nobody(cast: Cast, email: str) -> None:
    text = try_login(email).body["access_token"]
    assert ScimClient(text).get("/Users").status in (401, 403)


def whole(user: User, **more: Any) -> dict[str, Any]:
    return {"schemas": [USER], "userName": user.user_name or user.email, **more}


def test_31_a_put_acts_on_the_person_of_the_address(cast: Cast, okta: ScimClient) -> None:
    """The body names Alice by id, by meta and in its own Resources."""
    named = {"id": str(cast.alice.pk), "meta": {"location": f"{BASE}/Users/{cast.alice.pk}"}}
    before = User.objects.filter(pk=cast.alice.pk).values().get()
    okta.ask("PUT", f"/Users/{cast.petra.pk}", whole(cast.petra, **named, active=False))
    assert User.objects.filter(pk=cast.alice.pk).values().get() == before


@pytest.mark.parametrize("path", ["id", "meta.location", "urn:ietf:params:scim:schemas:core:2.0:User:id"])
def test_31_a_patch_acts_on_the_person_of_the_address(cast: Cast, okta: ScimClient, path: str) -> None:
    before = User.objects.filter(pk=cast.alice.pk).values().get()
    okta.patch(cast.petra.pk, {"op": "replace", "path": path, "value": str(cast.alice.pk)})
    okta.patch(cast.petra.pk, {"op": "replace", "value": {path: str(cast.alice.pk), "active": False}})
    assert User.objects.filter(pk=cast.alice.pk).values().get() == before


def test_31_no_header_or_query_changes_the_person_or_the_method(cast: Cast, okta: ScimClient) -> None:
    override = {"X_HTTP_Method_Override": "DELETE", "X_Method_Override": "DELETE", "X_HTTP_Method": "DELETE"}
    for method in ("GET", "POST"):
        okta.ask(method, f"/Users/{cast.petra.pk}?_method=DELETE&id={cast.bob.pk}", {"_method": "DELETE"}, **override)
    assert set(User.objects.filter(account=cast.acme).values_list("state", flat=True)) == {"active", "pending"}


def test_31_a_person_in_the_body_of_a_page_is_not_acted_on(cast: Cast, as_alice: Client) -> None:
    """Each button acts on whom its address names."""
    fields = {name: str(cast.bob.pk) for name in ("user", "user_id", "person", "id", "pk")}
    as_alice.post(f"/users/{cast.petra.pk}/deprovision?user_id={cast.bob.pk}", {**fields, "confirmed": "yes"})
    assert User.objects.get(pk=cast.petra.pk).state == "deprovisioned"
    assert User.objects.get(pk=cast.bob.pk).state == "active"


def test_31_a_session_or_token_of_another_person_is_not_in_this_address(cast: Cast, as_alice: Client) -> None:
    """Authorized for Petra, named by Bob's id."""
    token, _ = tokens.issue_token(cast.bob, "CI", [], acting=OPERATOR)
    bob = browser_of(cast.bob)
    session = cast.bob.signed_in_sessions.get()
    yes = {"confirmed": "yes"}
    assert as_alice.post(f"/users/{cast.petra.pk}/tokens/{token.pk}/revoke", yes).status_code == 404
    assert as_alice.post(f"/users/{cast.petra.pk}/sessions/{session.pk}/end", yes).status_code == 404
    assert signed_in_as(bob) == cast.bob.email


def test_31_the_account_of_the_address_is_the_one_that_counts(cast: Cast) -> None:
    """REST login: the account in the address, another in the body."""
    body = json.dumps({"email": "charlie@globex.example", "password": PASSWORD, "account": "globex"})
    for account in ("acme", "Acme"):
        answer = Client().post(f"/api/accounts/{account}/login", body, content_type="application/json")
        assert answer.status_code == 401


def moved(email: str) -> dict[str, list[dict[str, Any]]]:
    """Every way to write an e-mail in a PATCH."""
    listed = [{"value": email, "type": "work", "primary": True}]
    return {
        "userName": [{"op": "replace", "path": "userName", "value": email}],
        "emails": [{"op": "replace", "path": "emails", "value": listed}],
        "work e-mail": [{"op": "replace", "path": 'emails[type eq "work"].value', "value": email}],
        "added": [{"op": "add", "path": "emails", "value": listed}],
        "without a path": [{"op": "replace", "value": {"emails": listed, "userName": email}}],
        "removed and added": [{"op": "remove", "path": "emails"}, {"op": "add", "path": "emails", "value": listed}],
        "through deactivation": [
            {"op": "replace", "value": {"active": False}},
            {"op": "replace", "value": {"active": True, "userName": email, "emails": listed}},
        ],
    }


EVIL = "alice@evil.example"
WAYS = tuple(moved(EVIL))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("who", ["alice", "bob"])
def test_39_provisioning_cannot_move_a_password_to_another_email(
    cast: Cast, okta: ScimClient, way: str, who: str
) -> None:
    victim: User = getattr(cast, who)
    okta.patch(victim.pk, *moved(EVIL)[way])
    assert User.objects.get(pk=victim.pk).email == victim.email
    assert try_login(EVIL).status == 401


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_39_nor_by_a_put_nor_in_two_steps(cast: Cast, okta: ScimClient, who: str) -> None:
    victim: User = getattr(cast, who)
    body = {"schemas": [USER], "userName": EVIL, "emails": [{"value": EVIL, "primary": True}], "active": True}
    okta.ask("PUT", f"/Users/{victim.pk}", body)
    okta.patch(victim.pk, {"op": "replace", "value": {"active": False}})
    okta.ask("PUT", f"/Users/{victim.pk}", body)
    assert User.objects.get(pk=victim.pk).email == victim.email
    assert try_login(EVIL).status == 401


def test_39_a_new_person_of_that_email_gets_no_password(cast: Cast, okta: ScimClient, as_alice: Client) -> None:
    """What provisioning creates has none, whatever it sends, and no link for one can be made."""
    created = okta.create(EVIL, password="correct horse battery staple").body["id"]
    okta.patch(created, {"op": "replace", "path": "password", "value": PASSWORD})
    assert try_login(EVIL).status == 401
    assert "/set-password/" not in as_alice.post(f"/users/{created}/password-link").content.decode()


def test_39_a_login_at_the_provider_with_the_old_email_is_the_same_person(
    cast: Cast, okta: ScimClient, saml: SamlJourney
) -> None:
    """Petra's e-mail may change; whoever gets the old one is not Petra."""
    link(saml.connection, cast.petra, "petra-subject")
    User.objects.filter(pk=cast.petra.pk).update(state="active")
    okta.patch(cast.petra.pk, {"op": "replace", "value": {"userName": "new@acme.example"}})
    saml.log_in(email="petra@acme.example", name_id="somebody-else")
    assert saml.browser.session.get("_auth_user_id") != str(cast.petra.pk)


def through_group(cast: Cast, user: User) -> None:
    """Everything that Alice may do, through a group."""
    group = mapped_group(cast.acme, "Admins")
    Group.objects.filter(pk=group.pk).update(account_role=cast.alice.account_role)
    put_in(user, group)


def by_role(cast: Cast, user: User) -> None:
    User.objects.filter(pk=user.pk).update(account_role=cast.alice.account_role)


@pytest.mark.parametrize("give", [through_group, by_role])
@pytest.mark.parametrize("way", [*WAYS, "externalId"])
def test_39_nobody_with_an_account_permission_is_renamed(cast: Cast, okta: ScimClient, way: str, give: Any) -> None:
    """Petra waits for her first login as an admin: whoever names her by e-mail, name or external ID would be one."""
    give(cast, cast.petra)
    known = ("email", "user_name", "external_id")
    before = User.objects.filter(pk=cast.petra.pk).values(*known).get()
    external = [{"op": "replace", "path": "externalId", "value": "00u1mallory"}]
    okta.patch(cast.petra.pk, *(external if way == "externalId" else moved(EVIL)[way]))
    user = User.objects.get(pk=cast.petra.pk)
    renamed = User.objects.filter(pk=cast.petra.pk).values(*known).get() != before
    assert not renamed or (user.account_role.name == "Account Member" and not user.group_memberships.exists())

"""Provisioning of an account with two connections: a token changes the people of its own connection only."""

from typing import Any

import pytest

from accounts.audit.audit import OPERATOR
from accounts.connections import connections
from accounts.models import ApiToken, AuditEntry, Connection, User
from accounts.tokens import tokens
from tests.scim.client import USER, Answer, ScimClient
from tests.support.cast import Cast
from tests.support.factories import saml_connection
from tests.support.partnership import Partnership
from tests.support.secrets_in_logs import secret

pytestmark = pytest.mark.django_db
OFF = {"op": "replace", "value": {"active": False}}
ON = {"op": "replace", "value": {"active": True}}


def client(cast: Cast, connection: Connection | None) -> ScimClient:
    """With a token of the account that names this connection, or none."""
    made = tokens.issue_service_token(cast.acme, "SCIM", ["Manage Users"], connection=connection, acting=OPERATOR)
    return ScimClient(secret(made[1]))


@pytest.fixture
def company(cast: Cast, partnership: Partnership) -> ScimClient:
    return client(cast, partnership.company)


@pytest.fixture
def partner(cast: Cast, partnership: Partnership) -> ScimClient:
    return client(cast, partnership.partner)


@pytest.fixture
def ann(company: ScimClient) -> str:
    """The id of a person whom the company provisioned."""
    return str(company.create("ann@acme.example", externalId="00u1ann").body["id"])


def change(ask: ScimClient, person: str, way: str) -> Answer:
    body: dict[str, Any] = {"schemas": [USER], "userName": "ann@acme.example", "externalId": "00u1ann", "title": "Dr"}
    match way:
        case "PUT":
            return ask.ask("PUT", f"/Users/{person}", body)
        case "PATCH":
            return ask.patch(person, {"op": "replace", "path": "externalId", "value": "00u2partner"})
        case "deactivate":
            return ask.patch(person, OFF)
    return ask.ask("DELETE", f"/Users/{person}")


WAYS = ["PUT", "PATCH", "deactivate", "DELETE"]


@pytest.mark.parametrize("way", WAYS)
def test_a_person_of_another_connection_is_left_alone(partner: ScimClient, ann: str, way: str) -> None:
    before = User.objects.filter(pk=ann).values().get()
    answer = change(partner, ann, way)
    assert answer.status == 403
    assert "is provisioned by connection 'Company'. Use a token of connection 'Company'" in answer.body["detail"]
    assert User.objects.filter(pk=ann).values().get() == before


@pytest.mark.parametrize("way", WAYS)
def test_its_own_connection_changes_them(company: ScimClient, ann: str, way: str) -> None:
    assert change(company, ann, way).status in (200, 204)


@pytest.mark.parametrize("way", WAYS)
def test_so_does_a_token_that_names_no_connection(cast: Cast, partnership: Partnership, ann: str, way: str) -> None:
    assert change(client(cast, None), ann, way).status in (200, 204)


@pytest.mark.parametrize("again", ["POST", "PATCH", "PUT"])
def test_nobody_else_brings_a_person_back(company: ScimClient, partner: ScimClient, ann: str, again: str) -> None:
    company.patch(ann, OFF)
    body = {"schemas": [USER], "userName": "ann@acme.example", "active": True}
    answer = {
        "POST": lambda: partner.create("ann@acme.example", emails=[{"value": "ann@partner.example"}]),
        "PATCH": lambda: partner.patch(ann, ON),
        "PUT": lambda: partner.ask("PUT", f"/Users/{ann}", body),
    }[again]()
    assert answer.status == 403
    assert User.objects.get(pk=ann).state == "deprovisioned"


def test_its_own_connection_brings_them_back_under_the_same_id(company: ScimClient, ann: str) -> None:
    company.patch(ann, OFF)
    again = company.create("ann@acme.example", externalId="00u1ann")
    assert (again.status, again.body["id"]) == (201, ann)


@pytest.mark.parametrize(
    ("user_name", "more"),
    [
        ("ceo@acme.example", {}),
        ("CEO@ACME.EXAMPLE", {}),
        ("ceo@acme.example.", {}),
        ("ceo", {"emails": [{"value": "ceo@acme.example", "primary": True}]}),
        ("ceo@acme.example", {"emails": [{"value": "pat@partner.example", "primary": True}]}),
    ],
)
def test_nobody_is_created_in_another_connections_domain(
    partner: ScimClient, user_name: str, more: dict[str, Any]
) -> None:
    answer = partner.create(user_name, **more)
    assert answer.status == 403
    assert "the domain 'acme.example', which belongs to connection 'Company'" in answer.body["detail"]
    assert not User.objects.filter(user_name__istartswith="ceo").exists()


@pytest.mark.parametrize("path", ["userName", 'emails[type eq "work"].value'])
def test_nobody_is_moved_into_another_connections_domain(partner: ScimClient, path: str) -> None:
    pat = partner.create("pat@partner.example", emails=[{"type": "work", "value": "pat@partner.example"}]).body["id"]
    answer = partner.patch(pat, {"op": "replace", "path": path, "value": "ceo@acme.example"})
    assert answer.status == 403
    assert User.objects.get(pk=pat).email == "pat@partner.example"


@pytest.mark.parametrize("email", ["pat@partner.example", "pat@nobody.example", "pat@unknown.example"])
def test_other_domains_are_free(partner: ScimClient, partnership: Partnership, email: str) -> None:
    created = partner.create(email)
    assert created.status == 201
    assert User.objects.get(pk=created.body["id"]).provisioned_by == partnership.partner.pk


def test_a_partner_finds_people_of_the_company_and_cannot_take_them(partner: ScimClient, cast: Cast) -> None:
    found = partner.find('userName eq "petra@acme.example"').body["Resources"][0]["id"]
    answer = partner.patch(found, {"op": "replace", "path": "externalId", "value": "of-the-partner"})
    assert answer.status == 403
    assert "is provisioned by no connection" in answer.body["detail"]


def test_the_only_connection_needs_no_choice(cast: Cast) -> None:
    only = saml_connection(cast.acme)
    saml_connection(cast.acme, state="draft")
    ask = client(cast, None)
    created = ask.create("ann@elsewhere.example", externalId="00u1ann").body["id"]
    assert User.objects.get(pk=created).provisioned_by == only.pk
    assert ask.patch(cast.petra.pk, {"op": "add", "path": "externalId", "value": "00u2"}).status == 200
    assert User.objects.get(pk=cast.petra.pk).provisioned_by == only.pk


def test_of_several_connections_a_token_without_one_speaks_for_none(cast: Cast, partnership: Partnership) -> None:
    created = client(cast, None).create("ann@acme.example", externalId="00u1ann").body["id"]
    assert User.objects.get(pk=created).provisioned_by is None


def test_the_token_of_a_deleted_connection_is_dead(cast: Cast, partnership: Partnership, partner: ScimClient) -> None:
    unnamed = client(cast, None)
    connections.disable(partnership.partner, acting=OPERATOR)
    connections.delete_connection(partnership.partner, acting=OPERATOR)
    assert partner.get("/Users").status == 401
    assert ApiToken.objects.in_account(cast.acme).count() == 1
    assert AuditEntry.objects.filter(action="token.revoked").count() == 1
    assert unnamed.get("/Users").status == 200


def test_a_token_made_with_a_token_of_a_connection_is_that_connections(cast: Cast, partnership: Partnership) -> None:
    through, _ = tokens.issue_token(
        cast.alice, "SCIM", ["Manage Users"], connection=partnership.partner, acting=OPERATOR
    )
    made, _ = tokens.issue_on_request(cast.alice, through, "Another", ["Manage Users"], None, acting=OPERATOR)
    assert made.connection_id == partnership.partner.pk


def test_an_update_of_ones_own_asks_no_more_of_the_database(
    company: ScimClient, ann: str, django_assert_max_num_queries: Any
) -> None:
    company.patch(ann, {"op": "replace", "path": "title", "value": "Mx"})
    with django_assert_max_num_queries(7):  # with the transaction's own
        assert company.patch(ann, {"op": "replace", "path": "title", "value": "Dr"}).status == 200

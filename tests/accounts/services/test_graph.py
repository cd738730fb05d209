"""Microsoft Graph, asked for a list of groups that was too long for the login message."""

from typing import Any

import pytest

from accounts.services.graph import GraphUnavailable, member_group_ids
from tests.factories import OID, TENANT
from tests.oidc_messages import Provider
from torque_sso.outbound import OutboundError

SUBJECT = f"{TENANT}/{OID}"
MEMBER_OBJECTS = f"https://graph.microsoft.com/v1.0/users/{OID}/getMemberObjects"
TOKEN = "graph-access-token"


@pytest.fixture
def graph(entra: Provider) -> Provider:
    entra.connection.client_secret = "entra-client-secret"
    entra.publish("token", {"token_type": "Bearer", "access_token": TOKEN})
    entra.web.pages[MEMBER_OBJECTS] = {"value": ["g-1", "g-2"]}
    return entra


def sentence(graph: Provider, subject: str = SUBJECT) -> str:
    with pytest.raises(GraphUnavailable) as caught:
        member_group_ids(graph.connection, subject)
    return str(caught.value)


def test_the_groups_are_read_with_the_applications_own_token(graph: Provider) -> None:
    assert member_group_ids(graph.connection, SUBJECT) == ("g-1", "g-2")
    sent = graph.web.sent("/getMemberObjects")
    assert sent == {
        "account_id": graph.connection.account_id,
        "json": {"securityEnabledOnly": False},
        "headers": {"Authorization": f"Bearer {TOKEN}"},
    }


def test_the_token_is_asked_for_by_client_credentials(graph: Provider) -> None:
    member_group_ids(graph.connection, SUBJECT)
    form = graph.web.sent("/token")["form"]
    assert (form["grant_type"], form["scope"]) == ("client_credentials", "https://graph.microsoft.com/.default")
    assert form["client_secret"] == "entra-client-secret"


def test_a_person_without_groups_gives_an_empty_list(graph: Provider) -> None:
    graph.web.pages[MEMBER_OBJECTS] = {"value": []}
    assert member_group_ids(graph.connection, SUBJECT) == ()


@pytest.mark.parametrize("subject", ["", "00u1dana", f"{TENANT}/..", f"{TENANT}/{OID}?x", f"{OID}/", "../../v1.0/me"])
def test_only_an_object_id_becomes_part_of_the_address(graph: Provider, subject: str) -> None:
    assert "no Entra object ID" in sentence(graph, subject)
    assert graph.web.requests == []


def test_a_missing_secret_is_told_with_where_to_make_one(graph: Provider) -> None:
    graph.connection.client_secret = ""
    assert "Certificates & secrets" in sentence(graph)
    assert graph.web.requests == []


def test_a_wrong_secret_is_told_with_where_to_make_one(graph: Provider) -> None:
    body = b'{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided."}'
    graph.publish("token", OutboundError("Refused.", 401, body))
    assert "AADSTS7000215" in sentence(graph)
    assert "Certificates & secrets" in sentence(graph)


@pytest.mark.parametrize("status", [401, 403])
def test_a_missing_permission_is_told_by_name(graph: Provider, status: int) -> None:
    graph.web.pages[MEMBER_OBJECTS] = OutboundError("Refused.", status)
    assert "User.Read.All and GroupMember.Read.All, and grant admin consent" in sentence(graph)


@pytest.mark.parametrize("error", [OutboundError("No connection.", None), OutboundError("Status 503.", 503)])
def test_trouble_on_the_way_is_told(graph: Provider, error: OutboundError) -> None:
    graph.web.pages[MEMBER_OBJECTS] = error
    assert str(error) in sentence(graph)
    graph.publish("token", error)
    assert str(error) in sentence(graph)


@pytest.mark.parametrize("page", [b"", b"[]", {}, {"value": "g-1"}, {"value": [1]}, {"value": [None]}])
def test_an_answer_that_is_no_list_is_not_taken_for_an_empty_one(graph: Provider, page: Any) -> None:
    graph.web.pages[MEMBER_OBJECTS] = page
    assert "not a list of group IDs" in sentence(graph)


@pytest.mark.parametrize("token", [None, 5, "a\r\nX: y", "ñ"])
def test_an_access_token_that_is_none_is_not_sent(graph: Provider, token: Any) -> None:
    graph.publish("token", {"access_token": token})
    assert "gave no access token" in sentence(graph)
    assert graph.web.count("/getMemberObjects") == 0


def test_neither_secret_nor_token_is_ever_told(graph: Provider) -> None:
    body = b'{"error":"invalid_client","error_description":"entra-client-secret is wrong"}'
    graph.publish("token", OutboundError("Refused.", 401, body))
    assert "entra-client-secret" not in sentence(graph)

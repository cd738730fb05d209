"""Microsoft Graph, asked for a list of groups that was too long for the login message."""

from typing import Any

import pytest

from accounts.connections.provider.graph import GraphUnavailable, member_group_ids, member_group_names
from common.outbound.guarded_http import OutboundError
from tests.support.factories import OID, TENANT
from tests.support.oidc_messages import Provider

SUBJECT = f"{TENANT}/{OID}"
MEMBER_OBJECTS = f"https://graph.microsoft.com/v1.0/users/{OID}/getMemberObjects"
MEMBER_OF = f"https://graph.microsoft.com/v1.0/users/{OID}/transitiveMemberOf"
FIRST_PAGE = (
    f"{MEMBER_OF}?$select=id,displayName,onPremisesSamAccountName,onPremisesNetBiosName,onPremisesDomainName,"
    "onPremisesSecurityIdentifier&$top=999"
)
CLOUD = {
    "@odata.type": "#microsoft.graph.group",
    "id": "g-1",
    "displayName": "Platform Team",
    "onPremisesSamAccountName": None,
}
SYNCHRONIZED = {
    **CLOUD,
    "id": "g-2",
    "displayName": "Operations",
    "onPremisesSamAccountName": "Ops",
    "onPremisesNetBiosName": "CONTOSO",
    "onPremisesDomainName": "contoso.example",
    "onPremisesSecurityIdentifier": "S-1-5-21-1",
}
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


def test_a_missing_secret_is_shown_with_where_to_make_one(graph: Provider) -> None:
    graph.connection.client_secret = ""
    assert "Certificates & secrets" in sentence(graph)
    assert graph.web.requests == []


def test_a_wrong_secret_is_shown_with_where_to_make_one(graph: Provider) -> None:
    body = b'{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided."}'
    graph.publish("token", OutboundError("Refused.", 401, body))
    assert "AADSTS7000215" in sentence(graph)
    assert "Certificates & secrets" in sentence(graph)


@pytest.mark.parametrize("status", [401, 403])
def test_a_missing_permission_is_shown_by_name(graph: Provider, status: int) -> None:
    graph.web.pages[MEMBER_OBJECTS] = OutboundError("Refused.", status)
    assert "User.Read.All and GroupMember.Read.All, and grant admin consent" in sentence(graph)


@pytest.mark.parametrize("error", [OutboundError("No connection.", None), OutboundError("Status 503.", 503)])
def test_trouble_on_the_way_is_shown(graph: Provider, error: OutboundError) -> None:
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


def test_neither_secret_nor_token_is_ever_shown(graph: Provider) -> None:
    body = b'{"error":"invalid_client","error_description":"entra-client-secret is wrong"}'
    graph.publish("token", OutboundError("Refused.", 401, body))
    assert "entra-client-secret" not in sentence(graph)


def names_refused(graph: Provider) -> str:
    with pytest.raises(GraphUnavailable) as caught:
        member_group_names(graph.connection, SUBJECT)
    return str(caught.value)


def test_names_are_read_page_by_page(graph: Provider) -> None:
    role = {"@odata.type": "#microsoft.graph.directoryRole", "id": "r-1", "displayName": None}
    graph.web.pages[FIRST_PAGE] = {"value": [CLOUD, role], "@odata.nextLink": f"{MEMBER_OF}?$skiptoken=2"}
    graph.web.pages[f"{MEMBER_OF}?$skiptoken=2"] = {"value": [SYNCHRONIZED]}
    found = member_group_names(graph.connection, SUBJECT)
    assert found.displayed == {"Platform Team", "Operations"}
    assert found.directory == {"Ops", "CONTOSO\\Ops", "contoso.example\\Ops", "S-1-5-21-1"}


def test_names_are_asked_for_with_the_applications_own_token(graph: Provider) -> None:
    graph.web.pages[FIRST_PAGE] = {"value": []}
    member_group_names(graph.connection, SUBJECT)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    assert graph.web.sent("&$top=999") == {"account_id": graph.connection.account_id, "headers": headers}


@pytest.mark.parametrize(
    "link", ["https://evil.example/", f"{MEMBER_OF}.evil.example/?x", 5, "https://graph.microsoft.com/v1.0/users?x", ""]
)
def test_no_address_but_the_persons_own_is_followed(graph: Provider, link: Any) -> None:
    graph.web.pages[FIRST_PAGE] = {"value": [CLOUD], "@odata.nextLink": link}
    assert "none of its own" in names_refused(graph)


def test_pages_without_end_are_not_followed(graph: Provider) -> None:
    graph.web.pages[FIRST_PAGE] = {"value": [CLOUD], "@odata.nextLink": FIRST_PAGE}
    assert "more than 4,995 groups" in names_refused(graph)
    assert graph.web.count("&$top=999") == 5


@pytest.mark.parametrize("left_out", ["displayName", "onPremisesSamAccountName"])
def test_a_name_that_is_left_out_is_not_taken_for_none(graph: Provider, left_out: str) -> None:
    second = {name: value for name, value in SYNCHRONIZED.items() if name != left_out}
    graph.web.pages[FIRST_PAGE] = {"value": [CLOUD, second]}
    assert "GroupMember.Read.All, and grant admin consent" in names_refused(graph)


@pytest.mark.parametrize("page", [b"", b"[]", {}, {"value": "g-1"}, {"value": [1]}, {"value": [None]}])
def test_an_answer_that_is_no_list_of_groups_is_refused(graph: Provider, page: Any) -> None:
    graph.web.pages[FIRST_PAGE] = page
    assert "not a list of groups" in names_refused(graph)


def test_names_that_graph_refuses_are_a_sentence(graph: Provider) -> None:
    graph.web.pages[FIRST_PAGE] = OutboundError("Refused.", 403)
    assert "User.Read.All and GroupMember.Read.All" in names_refused(graph)

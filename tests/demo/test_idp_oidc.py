"""The OpenID Connect faces of the stand-in, and its Graph."""

from typing import Any

import jwt
import pytest

from demo.company import AZURE_CLIENT_ID, OKTA_CLIENT_ID, PEOPLE, TENANT_ID, person_by_key
from demo.faces import ENTRA_OIDC, OKTA_OIDC
from demo.oidc_face import challenge
from tests.demo.visitor import PRODUCT, REDIRECT_URI, Answer, Visitor, form

ISSUER = f"http://127.0.0.1:9000/{TENANT_ID}/v2.0"
BOB = PEOPLE[0].object_id
VERIFIER = "v" * 43
ASKED = {"client_id": AZURE_CLIENT_ID, "redirect_uri": REDIRECT_URI, "scope": "openid profile", "state": "s-1"}
FRONT = {**ASKED, "response_type": "id_token", "response_mode": "form_post", "nonce": "n-1"}
CODE = {**ASKED, "response_type": "code", "nonce": "n-1", "code_challenge": challenge(VERIFIER)} | {
    "code_challenge_method": "S256"
}


def person(**rows: str) -> dict[str, str]:
    return {**form(**rows), "subject": BOB}


def groups(count: int) -> str:
    return "\n".join(f"g{number}" for number in range(count))


def verified(visitor: Visitor, token: str, client_id: str = AZURE_CLIENT_ID) -> dict[str, Any]:
    """The claims, after the checks that a client makes with the published keys."""
    keys = jwt.PyJWKSet.from_dict(visitor.get(ENTRA_OIDC.keys_path).json())
    key = keys[jwt.get_unverified_header(token)["kid"]]
    claims: dict[str, Any] = jwt.decode(token, key, algorithms=["RS256"], audience=client_id)
    return claims


def front_channel(visitor: Visitor, **rows: str) -> dict[str, Any]:
    answer = visitor.post(ENTRA_OIDC.authorize_path, {**FRONT, **person(**rows)})
    return verified(visitor, answer.hidden()["id_token"])


def new_code(visitor: Visitor, **rows: str) -> str:
    return visitor.post(ENTRA_OIDC.authorize_path, {**CODE, **person(**rows)}).parameters()["code"]


def redeem(visitor: Visitor, code: str, **changes: str) -> Answer:
    fields = {"grant_type": "authorization_code", "code": code, "code_verifier": VERIFIER}
    fields |= {"client_id": AZURE_CLIENT_ID, "client_secret": visitor.idp.client_secret, "redirect_uri": REDIRECT_URI}
    return visitor.post(ENTRA_OIDC.token_path, {**fields, **changes})


@pytest.mark.parametrize("face", [ENTRA_OIDC, OKTA_OIDC])
def test_discovery_names_addresses_that_answer(visitor: Visitor, face: Any) -> None:
    document = visitor.get(f"{face.issuer_path}/.well-known/openid-configuration").json()
    assert document["issuer"] == f"http://127.0.0.1:9000{face.issuer_path}"
    assert visitor.get(document["jwks_uri"].removeprefix("http://127.0.0.1:9000")).status == 200


def test_an_id_token_verifies_against_the_published_keys(visitor: Visitor) -> None:
    claims = front_channel(visitor, email="bob@acme.example")
    assert (claims["iss"], claims["nonce"], claims["tid"], claims["oid"]) == (ISSUER, "n-1", TENANT_ID, BOB)
    assert claims["sub"] != claims["oid"]


def test_the_answer_goes_by_form_to_the_redirect_uri_with_the_state(visitor: Visitor) -> None:
    answer = visitor.post(ENTRA_OIDC.authorize_path, {**FRONT, **person()})
    assert answer.target() == REDIRECT_URI
    assert answer.hidden()["state"] == "s-1"


def test_one_value_is_a_string_and_several_are_an_array(visitor: Visitor) -> None:
    claims = front_channel(visitor, space_name="Trial,DevOps", space_role="Space Member\r\nSpace Admin", groups="")
    assert claims["space_name"] == "Trial,DevOps"
    assert claims["space_role"] == ["Space Member", "Space Admin"]
    assert claims["groups"] == []


def test_a_row_cannot_replace_a_claim_of_the_protocol(visitor: Visitor) -> None:
    assert front_channel(visitor, aud="somebody-else", oid="other")["oid"] == BOB


def test_a_code_is_redeemed_for_an_id_token(visitor: Visitor) -> None:
    answer = redeem(visitor, new_code(visitor, email="bob@acme.example"))
    assert verified(visitor, answer.json()["id_token"])["email"] == "bob@acme.example"


def test_a_code_is_good_once(visitor: Visitor) -> None:
    code = new_code(visitor)
    assert redeem(visitor, code).status == 200
    assert redeem(visitor, code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"redirect_uri": f"{REDIRECT_URI}/"}, "invalid_grant"),
        ({"client_id": OKTA_CLIENT_ID}, "invalid_grant"),
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_a_wrong_redemption_is_refused(visitor: Visitor, change: dict[str, str], error: str) -> None:
    answer = redeem(visitor, new_code(visitor), **change)
    assert answer.status in (400, 401)
    assert answer.json()["error"] == error


def test_five_groups_fit_into_the_front_channel(visitor: Visitor) -> None:
    claims = front_channel(visitor, groups=groups(5))
    assert len(claims["groups"]) == 5
    assert "hasgroups" not in claims


def test_six_groups_in_the_front_channel_become_a_mark(visitor: Visitor) -> None:
    claims = front_channel(visitor, groups=groups(6))
    assert claims["hasgroups"] is True
    assert "groups" not in claims


def test_200_groups_fit_into_the_code_flow(visitor: Visitor) -> None:
    token = redeem(visitor, new_code(visitor, groups=groups(200))).json()["id_token"]
    assert len(verified(visitor, token)["groups"]) == 200


def test_201_groups_in_the_code_flow_become_a_source(visitor: Visitor) -> None:
    claims = verified(visitor, redeem(visitor, new_code(visitor, groups=groups(201))).json()["id_token"])
    assert claims["_claim_names"] == {"groups": "src1"}
    assert "endpoint" in claims["_claim_sources"]["src1"]
    assert "groups" not in claims


def test_okta_has_neither_oid_nor_a_mark(visitor: Visitor) -> None:
    asked = {**FRONT, "client_id": OKTA_CLIENT_ID, **form(groups=groups(101)), "subject": "00u1"}
    token = visitor.post(OKTA_OIDC.authorize_path, asked).hidden()["id_token"]
    claims = verified(visitor, token, OKTA_CLIENT_ID)
    assert (claims["sub"], len(claims["groups"])) == ("00u1", 100)
    assert "oid" not in claims


def test_a_failed_login_is_an_error_with_the_state(visitor: Visitor) -> None:
    answer = visitor.post(ENTRA_OIDC.authorize_path, {**CODE, "step": "fail"})
    assert answer.status == 303
    assert (answer.parameters()["error"], answer.parameters()["state"]) == ("access_denied", "s-1")


@pytest.mark.parametrize(
    "change",
    [{"response_type": "token"}, {"nonce": ""}, {"scope": "profile"}, {"response_mode": "query"}],
)
def test_what_is_wrong_with_the_request_goes_back_to_the_client(visitor: Visitor, change: dict[str, str]) -> None:
    answer = visitor.get(ENTRA_OIDC.authorize_path, **{**FRONT, **change})
    sent = answer.parameters() if answer.status == 303 else answer.hidden()
    assert sent["error"] == "invalid_request"


def test_graph_wants_a_token(visitor: Visitor) -> None:
    answer = visitor.post(f"/v1.0/users/{BOB}/getMemberObjects", {}, HTTP_AUTHORIZATION="Bearer nonsense")
    assert answer.status == 401


def test_graph_gives_the_groups_of_the_directory(visitor: Visitor) -> None:
    ivan = person_by_key("ivan")
    assert ivan is not None
    assert len(ask_graph(visitor, ivan.object_id)["value"]) == 250


def test_graph_gives_their_names(visitor: Visitor) -> None:
    dana = person_by_key("dana")
    assert dana is not None
    answer = visitor.get_as(graph_token(visitor), f"/v1.0/users/{dana.object_id}/transitiveMemberOf")
    assert "Developers" in [group["displayName"] for group in answer.json()["value"]]


def test_graph_tells_the_same_as_the_login_that_somebody_edited(visitor: Visitor) -> None:
    front_channel(visitor, groups=groups(7))
    assert ask_graph(visitor, BOB)["value"] == [f"g{number}" for number in range(7)]


def graph_token(visitor: Visitor) -> str:
    client = {"client_id": AZURE_CLIENT_ID, "client_secret": visitor.idp.client_secret}
    answer = visitor.post(ENTRA_OIDC.token_path, {"grant_type": "client_credentials", **client})
    return str(answer.json()["access_token"])


def ask_graph(visitor: Visitor, object_id: str) -> dict[str, Any]:
    bearer = {"HTTP_AUTHORIZATION": f"Bearer {graph_token(visitor)}"}
    answer = visitor.post(f"/v1.0/users/{object_id}/getMemberObjects", {}, **bearer)
    found: dict[str, Any] = answer.json()
    return found


LOGOUT = {"client_id": AZURE_CLIENT_ID, "post_logout_redirect_uri": f"{PRODUCT}/login"}


def test_a_logout_goes_straight_back(visitor: Visitor) -> None:
    answer = visitor.get(ENTRA_OIDC.logout_path, **LOGOUT, state="s-1")
    assert answer.headers["Location"] == f"{PRODUCT}/login?state=s-1"


def test_a_logout_goes_nowhere_else(visitor: Visitor) -> None:
    wrong = {**LOGOUT, "post_logout_redirect_uri": "https://evil.example/login"}
    assert visitor.get(ENTRA_OIDC.logout_path, **wrong).status == 400

"""OpenID Connect endpoints of the stand-in, and the two calls of Microsoft Graph that logins need."""

import base64
import binascii
import hashlib
import hmac
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from demo import id_tokens
from demo.company import GROUPS
from demo.conversation import Chosen, Question, converse, posted
from demo.faces import OidcFace
from demo.stand_in import CODE_LIFETIME, Grant, StandIn
from demo.web import Refused, Request, Response, as_json, redirect, with_parameters

ASKED = (
    "client_id",
    "response_type",
    "response_mode",
    "redirect_uri",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
)
DENIED = {"error": "access_denied", "error_description": "User is not assigned to the client application."}


def authorize(idp: StandIn, face: OidcFace, request: Request) -> Response:
    """Authorization endpoint. Errors of the client are shown here, all others go back to the product."""
    asked = {name: request.fields[name] for name in ASKED if name in request.fields}
    idp.check_client(asked.get("client_id", ""), asked.get("redirect_uri", ""))
    if problem := _problem(asked):
        return _delivered(asked, {"error": "invalid_request", "error_description": problem})

    def deliver(chosen: Chosen | None) -> Response:
        return _delivered(asked, _granted(idp, face, asked, chosen) if chosen else DENIED)

    return converse(
        Question(face, face.authorize_path, asked["client_id"], asked, _note(face, asked)), request, deliver
    )


def _problem(asked: dict[str, str]) -> str:
    """Return a sentence about the first mistake, or an empty text."""
    if asked.get("response_type") not in ("code", "id_token"):
        return "This stand-in knows response_type code and id_token."
    if asked.get("response_mode", "query") not in ("query", "fragment", "form_post"):
        return "This stand-in knows response_mode query, fragment and form_post."
    if "openid" not in asked.get("scope", "").split():
        return "The scope has to hold openid."
    if asked["response_type"] == "id_token" and not asked.get("nonce"):
        return "An id_token needs a nonce."
    if asked["response_type"] == "id_token" and asked.get("response_mode") == "query":
        return "response_mode query is not allowed with id_token."
    if asked.get("code_challenge") and asked.get("code_challenge_method") != "S256":
        return "The code_challenge_method has to be S256."
    return ""


def _note(face: OidcFace, asked: dict[str, str]) -> str:
    if not face.object_ids:
        return f"Of more than {id_tokens.OKTA_GROUPS} groups Okta sends the first {id_tokens.OKTA_GROUPS}."
    front = asked["response_type"] == "id_token"
    limit = id_tokens.FRONT_CHANNEL_GROUPS if front else id_tokens.CODE_FLOW_GROUPS
    return f"Of more than {limit} groups Entra sends none in this flow, but a mark: the product has to ask Graph."


def _granted(idp: StandIn, face: OidcFace, asked: dict[str, str], chosen: Chosen) -> dict[str, str]:
    for row in chosen.rows:
        if row.name == face.groups_name:
            idp.remember_groups(chosen.subject, row.values)
    if asked["response_type"] == "id_token":
        wanted = id_tokens.TokenRequest(idp.origin + face.issuer_path, asked["client_id"], asked["nonce"], True)
        return {"id_token": id_tokens.id_token(face, idp.token_key, wanted, chosen.subject, chosen.rows)}
    grant = Grant(
        face=face,
        client_id=asked["client_id"],
        redirect_uri=asked["redirect_uri"],
        challenge=asked.get("code_challenge", ""),
        nonce=asked.get("nonce", ""),
        subject=chosen.subject,
        rows=chosen.rows,
        expires_at=time.time() + CODE_LIFETIME,
    )
    return {"code": idp.new_code(grant)}


def _delivered(asked: dict[str, str], result: dict[str, str]) -> Response:
    """Send the result to the product, in the response mode it asked for."""
    result = {**result, "state": asked["state"]} if "state" in asked else result
    mode = asked.get("response_mode") or ("query" if asked.get("response_type") == "code" else "fragment")
    if mode == "form_post":
        return posted(asked["redirect_uri"], result)
    return redirect(with_parameters(asked["redirect_uri"], result, "#" if mode == "fragment" else "?"))


def log_out(idp: StandIn, request: Request) -> Response:
    """RP-initiated logout. The stand-in keeps no session, so the browser goes straight back."""
    back = request.fields.get("post_logout_redirect_uri", "")
    idp.check_logout(request.fields.get("client_id", ""), back)
    state = {name: request.fields[name] for name in ("state",) if name in request.fields}
    return redirect(with_parameters(back, state))


# --- Token ---------------------------------------------------------------------------------------


def token(idp: StandIn, face: OidcFace, request: Request) -> Response:
    """Token endpoint: an ID token for a code, an access token for Graph for a client secret."""
    if request.method != "POST":
        raise Refused("The token endpoint takes POST only.", 405)
    client_id, secret = _credentials(request)
    if not hmac.compare_digest(secret.encode(), idp.client_secret.encode()):
        return _token_error("invalid_client", "AADSTS7000215: Invalid client secret provided.", 401)
    if request.fields.get("grant_type") == "client_credentials":
        return as_json({"token_type": "Bearer", "expires_in": 3599, "access_token": idp.new_access_token()})
    if request.fields.get("grant_type") == "authorization_code":
        return _redeem(idp, face, request.fields, client_id)
    return _token_error("unsupported_grant_type", "AADSTS70003: The grant type is not supported.")


def _credentials(request: Request) -> tuple[str, str]:
    """Client ID and secret, from the form or from HTTP Basic."""
    if request.authorization.lower().startswith("basic "):
        try:
            text = base64.b64decode(request.authorization[6:], validate=True).decode()
        except (binascii.Error, ValueError):
            return "", ""
        client_id, _, secret = text.partition(":")
        return unquote(client_id), unquote(secret)
    return request.fields.get("client_id", ""), request.fields.get("client_secret", "")


def _redeem(idp: StandIn, face: OidcFace, fields: dict[str, str], client_id: str) -> Response:
    grant = idp.take_grant(fields.get("code", ""))
    if grant is None or grant.face is not face or grant.client_id != client_id:
        return _token_error("invalid_grant", "AADSTS70008: The code is unknown, expired or was used before.")
    if grant.redirect_uri != fields.get("redirect_uri"):
        return _token_error("invalid_grant", "AADSTS500112: The reply address does not match.")
    if grant.challenge and not hmac.compare_digest(grant.challenge, challenge(fields.get("code_verifier", ""))):
        return _token_error("invalid_grant", "AADSTS501481: The Code_Verifier does not match the code_challenge.")
    wanted = id_tokens.TokenRequest(idp.origin + face.issuer_path, client_id, grant.nonce, False)
    signed = id_tokens.id_token(face, idp.token_key, wanted, grant.subject, grant.rows)
    return as_json(
        {
            "token_type": "Bearer",
            "expires_in": 3599,
            "scope": "openid profile email",
            "access_token": idp.new_access_token(),
            "id_token": signed,
        }
    )


def challenge(verifier: str) -> str:
    """The S256 code challenge of a verifier (RFC 7636, 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _token_error(error: str, description: str, status: int = 400) -> Response:
    return as_json({"error": error, "error_description": description}, status)


# --- Microsoft Graph -----------------------------------------------------------------------------


def member_objects(idp: StandIn, object_id: str, request: Request) -> Response:
    """`POST /v1.0/users/{oid}/getMemberObjects`: ids of all groups of a user."""
    return _of_person(idp, object_id, request, "POST", list)


def transitive_member_of(idp: StandIn, object_id: str, request: Request) -> Response:
    """`GET /v1.0/users/{oid}/transitiveMemberOf`: ids and names of all groups of a user, on one page."""
    return _of_person(idp, object_id, request, "GET", lambda groups: [_as_group(value) for value in groups])


def _of_person(
    idp: StandIn, object_id: str, request: Request, method: str, shown: Callable[[tuple[str, ...]], list[Any]]
) -> Response:
    scheme, _, bearer = request.authorization.partition(" ")
    if scheme.lower() != "bearer" or not idp.knows_access_token(bearer):
        return _graph_error("InvalidAuthenticationToken", "Access token is empty or not valid.", 401)
    if request.method != method:
        return _graph_error("BadRequest", f"This action takes {method} only.", 405)
    groups = idp.groups_of(object_id)
    if groups is None:
        return _graph_error("Request_ResourceNotFound", "There is no such user.", 404)
    return as_json({"value": shown(groups)})


def _as_group(value: str) -> dict[str, str | None]:
    names = {object_id: name for name, object_id in GROUPS.items()}
    kind = {"@odata.type": "#microsoft.graph.group", "onPremisesSamAccountName": None}
    return {**kind, "id": value, "displayName": names.get(value, value)}


def _graph_error(code: str, message: str, status: int) -> Response:
    return as_json({"error": {"code": code, "message": message}}, status)

"""Microsoft Graph: the groups of a person whose list was too long for the login message (`protocol.md` section 9)."""

import re

from django.conf import settings

from accounts.models import Connection
from accounts.services import unreadable_secrets
from accounts.services.provider_documents import ProviderError
from accounts.services.token_endpoint import TokenRefused, request_tokens
from torque_sso import outbound, strict_json
from torque_sso.encryption import UnreadableSecret

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PERMISSION_STEP = (
    "In the Entra admin center, open the application's API permissions, add the Microsoft Graph application "
    "permissions User.Read.All and GroupMember.Read.All, and grant admin consent."
)
_SECRET_STEP = (
    "In the Entra admin center, make a new client secret under Certificates & secrets of the application, and enter "
    "its value (not its ID) in the connection."
)


class GraphUnavailable(Exception):
    """The list could not be read; the message is a sentence for the account admin. Trying again later may help."""


def member_group_ids(connection: Connection, subject: str) -> tuple[str, ...]:
    """Object IDs of all groups the person is in, also through other groups. `subject`: `tenant/object ID`.

    The address is built from the stored object ID; what a token says about where to look is never followed.
    Not to be called inside a database transaction. Raises GraphUnavailable.
    """
    object_id = subject.rpartition("/")[2]
    if not _GUID.fullmatch(object_id):
        raise GraphUnavailable(f"'{object_id[:100]}' is no Entra object ID, so Microsoft Graph cannot be asked for it.")
    token = _access_token(connection)
    url = f"{settings.GRAPH_URL.rstrip('/')}/v1.0/users/{object_id}/getMemberObjects"
    try:
        content = outbound.fetch(
            url,
            account_id=connection.account_id,
            json={"securityEnabledOnly": False},
            headers={"Authorization": f"Bearer {token}"},
        )
    except outbound.OutboundError as error:
        raise _refusal(error, object_id) from None
    return _group_ids(content)


def _access_token(connection: Connection) -> str:
    """An application's own token (client credentials); kept nowhere (R33)."""
    if not _client_secret(connection):
        raise GraphUnavailable(
            f"The connection has no client secret, so Microsoft Graph cannot be asked. {_SECRET_STEP}"
        )
    grant = {"grant_type": "client_credentials", "scope": f"{settings.GRAPH_URL.rstrip('/')}/.default"}
    try:
        answer = request_tokens(connection, grant)
    except TokenRefused as error:
        step = f" {_SECRET_STEP}" if error.error in ("invalid_client", "unauthorized_client") else ""
        raise GraphUnavailable(f"Entra refused a token for Microsoft Graph ({error}).{step}") from None
    except ProviderError as error:
        raise GraphUnavailable(f"No token for Microsoft Graph: {error}") from None
    token = answer.get("access_token")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise GraphUnavailable("Entra's token endpoint gave no access token for Microsoft Graph.")
    return token


def _client_secret(connection: Connection) -> str:
    try:
        secret: str = connection.client_secret
    except UnreadableSecret as lost:
        sentence = unreadable_secrets.sentence(connection, lost)
        raise GraphUnavailable(f"Microsoft Graph cannot be asked. {sentence}") from None
    return secret


def _refusal(error: outbound.OutboundError, object_id: str) -> GraphUnavailable:
    if error.status in (401, 403):
        return GraphUnavailable(
            f"Microsoft Graph does not let this application read group memberships. {_PERMISSION_STEP}"
        )
    if error.status == 404:
        return GraphUnavailable(f"Microsoft Graph knows no user {object_id} in this tenant.")
    if error.status == 429:
        return GraphUnavailable(
            "Microsoft Graph asks to be left alone for a while (status 429); it is tried again later."
        )
    return GraphUnavailable(f"Microsoft Graph could not be asked: {error}")


def _group_ids(content: bytes) -> tuple[str, ...]:
    try:
        answer = strict_json.loads(content)
    except ValueError:
        answer = None
    values = answer.get("value") if isinstance(answer, dict) else None
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise GraphUnavailable("Microsoft Graph answered with something that is not a list of group IDs.")
    return tuple(values)

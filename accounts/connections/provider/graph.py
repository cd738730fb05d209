"""Microsoft Graph: the groups of a person whose list was too long for the login message (`protocol.md` section 9)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from accounts.connections import unreadable_secrets
from accounts.connections.provider.documents import JsonObject, ProviderError, json_object
from accounts.connections.provider.token_endpoint import TokenRefused, request_tokens
from accounts.models import Connection
from accounts.models.request_choices import ClientAuth
from common.encryption import UnreadableSecret
from common.outbound import guarded_http

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_NOT_AUTHENTICATED = ("invalid_client", "unauthorized_client")
_PERMISSION_STEP = (
    "In the Entra admin center, open the application's API permissions, add the Microsoft Graph application "
    "permissions User.Read.All and GroupMember.Read.All, and grant admin consent."
)
_SECRET_STEP = (
    "In the Entra admin center, make a new client secret under Certificates & secrets of the application, and enter "
    "its value (not its ID) in the connection."
)

_KEY_STEP = (
    "Download the certificate on the connection's tab “Identity provider”, and upload it in the Entra admin center"
    " under Certificates & secrets › Certificates of the application."
)


# By these names, and no others, Entra names a synchronized group in a token where it is not set up to send object IDs.
_NAMES = ("onPremisesSamAccountName", "onPremisesNetBiosName", "onPremisesDomainName", "onPremisesSecurityIdentifier")
_GROUP = "#microsoft.graph.group"
_PAGE_SIZE = 999
_MOST_PAGES = 5


class GraphUnavailable(Exception):
    """The list could not be read; the message is a sentence for the account admin. Trying again later may help."""


@dataclass(frozen=True)
class GroupNames:
    """`directory`: names that come from the company's own directory and that its administrators give. `displayed`:
    display names, any of which anybody who may make a group can give to one."""

    directory: frozenset[str]
    displayed: frozenset[str]


def member_group_ids(connection: Connection, subject: str) -> tuple[str, ...]:
    """Object IDs of all groups the person is in, also through other groups. `subject`: `tenant/object ID`.

    The address is built from the stored object ID; what a token says about where to look is never followed.
    Not to be called inside a database transaction. Raises GraphUnavailable.
    """
    object_id = _object_id(subject)
    token, url = _access_token(connection), f"{_address(object_id)}/getMemberObjects"
    answer = _answer(connection, object_id, url, token, json={"securityEnabledOnly": False})
    return tuple(_values(answer, str, "group IDs"))


def member_group_names(connection: Connection, subject: str) -> GroupNames:
    """Names of all groups the person is in, also through other groups. Raises GraphUnavailable, also where a name is
    left out: Graph answers null for what the application may not read. Not to be called inside a transaction.
    """
    groups = list(_groups(connection, _object_id(subject)))
    # Names that are null are none; names that are left out may be there all the same.
    if not all(isinstance(group.get("displayName"), str) and _NAMES[0] in group for group in groups):
        raise GraphUnavailable(f"Microsoft Graph does not say what the groups are called. {_PERMISSION_STEP}")
    return GroupNames(
        frozenset(name for group in groups for name in _directory_names(group)),
        frozenset(group["displayName"] for group in groups),
    )


def _groups(connection: Connection, object_id: str) -> Iterator[dict[str, Any]]:
    """Page by page, from addresses below the person's alone, and not without end."""
    token, start = _access_token(connection), f"{_address(object_id)}/transitiveMemberOf"
    url: object = f"{start}?$select={','.join(('id', 'displayName', *_NAMES))}&$top={_PAGE_SIZE}"
    for _ in range(_MOST_PAGES):
        if not isinstance(url, str) or not url.startswith(f"{start}?"):
            raise GraphUnavailable("Microsoft Graph named an address of more groups that is none of its own.")
        page = _answer(connection, object_id, url, token)
        yield from (one for one in _values(page, dict, "groups") if one.get("@odata.type", _GROUP) == _GROUP)
        if (url := page.get("@odata.nextLink")) is None:
            return
    raise GraphUnavailable(
        f"The person is in more than {_MOST_PAGES * _PAGE_SIZE:,} groups, too many to read names of."
    )


def _answer(connection: Connection, object_id: str, url: str, token: str, **options: Any) -> JsonObject:
    """Of Graph at this address; empty for what is not a JSON object."""
    headers = {"Authorization": f"Bearer {token}"}
    try:
        content = guarded_http.fetch(url, account_id=connection.account_id, headers=headers, **options)
    except guarded_http.OutboundError as error:
        raise _refusal(error, object_id) from None
    return json_object(content) or {}


def _values(answer: JsonObject, kind: type, what: str) -> list[Any]:
    values = answer.get("value")
    if not isinstance(values, list) or not all(isinstance(value, kind) for value in values):
        raise GraphUnavailable(f"Microsoft Graph answered with something that is not a list of {what}.")
    return values


def _directory_names(group: Mapping[str, Any]) -> Iterator[str]:
    """As Entra writes them: `Ops`, `CONTOSO\\Ops`, `contoso.example\\Ops`, a SID; of a group in the cloud, none."""
    account, *domains, sid = (value if isinstance(value := group.get(name), str) else "" for name in _NAMES)
    if account:
        yield from (account, *(f"{domain}\\{account}" for domain in domains if domain))
    if sid:
        yield sid


def _object_id(subject: str) -> str:
    object_id = subject.rpartition("/")[2]
    if not _GUID.fullmatch(object_id):
        raise GraphUnavailable(f"'{object_id[:100]}' is no Entra object ID, so Microsoft Graph cannot be asked for it.")
    return object_id


def _address(object_id: str) -> str:
    return f"{settings.GRAPH_URL.rstrip('/')}/v1.0/users/{object_id}"


def _access_token(connection: Connection) -> str:
    """An application's own token (client credentials); kept nowhere (R33)."""
    uses_key = connection.client_auth == ClientAuth.PRIVATE_KEY
    grant = {"grant_type": "client_credentials", "scope": f"{settings.GRAPH_URL.rstrip('/')}/.default"}
    try:
        if not uses_key and not connection.client_secret:
            raise GraphUnavailable(
                f"The connection has no client secret, so Microsoft Graph cannot be asked. {_SECRET_STEP}"
            )
        answer = request_tokens(connection, grant)
    except UnreadableSecret as lost:
        sentence = unreadable_secrets.sentence(connection, lost)
        raise GraphUnavailable(f"Microsoft Graph cannot be asked. {sentence}") from None
    except TokenRefused as error:
        step = f" {_KEY_STEP if uses_key else _SECRET_STEP}" if error.error in _NOT_AUTHENTICATED else ""
        raise GraphUnavailable(f"Entra refused a token for Microsoft Graph ({error}).{step}") from None
    except ProviderError as error:
        raise GraphUnavailable(f"No token for Microsoft Graph: {error}") from None
    token = answer.get("access_token")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise GraphUnavailable("Entra's token endpoint gave no access token for Microsoft Graph.")
    return token


def _refusal(error: guarded_http.OutboundError, object_id: str) -> GraphUnavailable:
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

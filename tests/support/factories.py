"""Short ways to the things that tests need beside the cast."""

from itertools import count
from typing import Any

from accounts.audit.audit import OPERATOR
from accounts.groups.groups import create_group
from accounts.models import (
    Account,
    Connection,
    ConnectionDomain,
    EmailDomain,
    ExternalIdentity,
    Group,
    GroupMembership,
    Origin,
    User,
)
from accounts.models.identity import ConnectionState
from accounts.sso.claims import IdentityClaims

TENANT = "7a1f9d7e-0c1b-4b5a-9a53-1c2d3e4f5a6b"
OID = "0c6a7e0e-5d0c-4a43-9a53-0c6f0e6a1f11"

_numbers = count(1)


def saml_connection(account: Account, **settings: Any) -> Connection:
    """A live SAML connection (Okta unless said otherwise) that answers for the account's verified domains."""
    defaults = {
        "name": f"Okta {next(_numbers)}",
        "vendor": "okta",
        "protocol": "saml",
        "state": ConnectionState.LIVE,
        "idp_entity_id": "http://www.okta.com/exk1acme",
        "sso_url": "https://acme.okta.example/app/exk1acme/sso/saml",
        "idp_certificates": "not read in this test",
    }
    return _linked(Connection.objects.create(account=account, **{**defaults, **settings}))


def oidc_connection(account: Account, **settings: Any) -> Connection:
    """A live OIDC connection (Entra unless said otherwise) that answers for the account's verified domains."""
    defaults = {
        "name": f"Entra {next(_numbers)}",
        "vendor": "entra",
        "protocol": "oidc",
        "state": ConnectionState.LIVE,
        "issuer": f"https://login.microsoftonline.com/{TENANT}/v2.0",
        "tenant_id": TENANT,
        "client_id": "11111111-2222-3333-4444-555555555555",
        "flow": "id_token",
    }
    return _linked(Connection.objects.create(account=account, **{**defaults, **settings}))


def _linked(connection: Connection) -> Connection:
    for domain in EmailDomain.objects.filter(account=connection.account):
        ConnectionDomain.objects.create(account=connection.account, connection=connection, domain=domain)
    return connection


def claims(connection: Connection, **values: Any) -> IdentityClaims:
    """What a verified login of Dana, a new colleague, would say."""
    defaults: dict[str, Any] = {
        "connection_id": connection.id,
        "issuer": connection.issuer or connection.idp_entity_id,
        "subject": "00u1dana",
        "email": "dana@acme.example",
        "first_name": "Dana",
        "last_name": "Diaz",
        "message_id": f"_message{next(_numbers)}",
    }
    return IdentityClaims(**{**defaults, **values})


def mapped_group(account: Account, name: str, idp_identifier: str = "") -> Group:
    group, _ = create_group(account, name, acting=OPERATOR, idp_identifier=idp_identifier or f"id-of-{name}")
    return group


def put_in(user: User, group: Group, connection: Connection | None = None) -> GroupMembership:
    """Makes somebody a member: by hand, or as a login of a connection does."""
    origin = Origin.IDP if connection else Origin.MANUAL
    return GroupMembership.objects.create(
        account=group.account, group=group, user=user, origin=origin, connection=connection
    )


def known_at(connection: Connection, user: User, *group_ids: str) -> ExternalIdentity:
    """Who somebody is at a connection, and the groups that their latest login carried."""
    return ExternalIdentity.objects.create(
        account=connection.account,
        connection=connection,
        user=user,
        subject=f"subject-{next(_numbers)}",
        issuer=connection.issuer or connection.idp_entity_id,
        group_ids=list(group_ids),
    )

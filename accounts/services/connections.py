"""The verbs about connections to identity providers, and the e-mail domains they answer for."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.errors import ActionRefused
from accounts.models import Account, AccountRole, Connection, ConnectionDomain, EmailDomain, GrantableAccountRole
from accounts.models.identity import ConnectionState, Protocol
from accounts.services import audit
from accounts.services.audit import Actor
from accounts.sso.claims import FIELDS

_DOMAIN = re.compile(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")

# Anybody can have an address there, so no company can own it (R16).
PUBLIC_MAIL_DOMAINS = frozenset(
    "aol.com gmail.com gmx.de gmx.net googlemail.com hotmail.com icloud.com live.com mail.com mail.ru me.com msn.com"
    " outlook.com proton.me protonmail.com qq.com t-online.de web.de yahoo.com yandex.ru zoho.com 163.com".split()
)


def normal_domain(text: str) -> str:
    """The e-mail domain in lower case, IDNA. Raises ActionRefused for what is none, or a public mail domain."""
    try:
        domain = text.strip().lstrip("@").rstrip(".").encode("idna").decode().lower()
    except UnicodeError:
        domain = ""
    if not _DOMAIN.fullmatch(domain):
        raise ActionRefused(f"Expected an e-mail domain such as example.com; received '{text}'.")
    if domain in PUBLIC_MAIL_DOMAINS:
        raise ActionRefused(f"'{domain}' is a public mail domain: no company can claim it.")
    return domain


@transaction.atomic
def claim_proved_domain(account: Account, text: str, *, acting: Actor) -> EmailDomain:
    """An e-mail domain named by an operator, which counts as proved. Raises ActionRefused when it is another's."""
    domain = normal_domain(text)
    row, _ = EmailDomain.objects.get_or_create(account=account, domain=domain)
    if row.proved_at is not None:
        return row
    row.proved_at = timezone.now()
    try:
        with transaction.atomic():
            row.save(update_fields=["proved_at"])
    except IntegrityError:
        raise ActionRefused(
            f"Expected an e-mail domain that is still free; '{domain}' is proved by another account. If it is yours,"
            " ask the operator of this installation."
        ) from None
    audit.record(acting, "domain.proved", row)
    return row


@transaction.atomic
def create_connection(
    account: Account,
    *,
    acting: Actor,
    settings: Mapping[str, Any],
    domains: Iterable[str] = (),
    grantable_account_roles: Iterable[AccountRole] = (),
) -> Connection:
    """A new connection with these field values, in state draft. Raises ActionRefused; then nothing is kept."""
    unknown = set(settings.get("attribute_names", {})) - set(FIELDS)
    if unknown:
        raise ActionRefused(f"Expected attribute names for {', '.join(FIELDS)}; received {', '.join(sorted(unknown))}.")
    connection = Connection(account=account, **settings)
    try:
        with transaction.atomic():
            connection.save(force_insert=True)
    except IntegrityError:
        raise ActionRefused(f"A connection named '{connection.name}' exists already in this account.") from None
    for domain in domains:
        row = claim_proved_domain(account, domain, acting=acting)
        ConnectionDomain.objects.get_or_create(account=account, connection=connection, domain=row)
    for role in grantable_account_roles:
        GrantableAccountRole.objects.get_or_create(account=account, connection=connection, account_role=role)
    audit.record(acting, "connection.created", connection, {"state": [None, connection.state]})
    return connection


@transaction.atomic
def enable(connection: Connection, *, acting: Actor) -> None:
    """Opens the connection for logins. Raises ActionRefused when it is not complete for its protocol."""
    missing = [label for name, label in _NEEDED[connection.protocol].items() if not getattr(connection, name)]
    if missing:
        raise ActionRefused(f"The connection is not complete: expected {', '.join(missing)}.")
    before, connection.state = connection.state, ConnectionState.LIVE
    connection.save(update_fields=["state"])
    audit.record(acting, "connection.enabled", connection, {"state": [before, connection.state]})


_NEEDED: dict[str, dict[str, str]] = {
    Protocol.SAML: {
        "idp_entity_id": "the IdP issuer URI",
        "sso_url": "the IdP single sign-on URL",
        "idp_certificates": "a signing certificate",
    },
    Protocol.OIDC: {"issuer": "the issuer (or tenant ID)", "client_id": "the client ID"},
}

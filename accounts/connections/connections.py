"""Connections to identity providers: create, enable, disable and delete them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts import alerts
from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.connections.admin_requests import Request, answer_requests
from accounts.connections.agreed_permissions import allow_permissions, put_agreed
from accounts.connections.attribute_names import FIELDS
from accounts.connections.certificates.certificates import new_service_provider_key
from accounts.connections.consent import check_verb
from accounts.connections.domains.domains import claim_verified_domain, give_up_unused
from accounts.errors import ActionRefused
from accounts.models import (
    Account,
    AccountRole,
    Connection,
    ConnectionDomain,
    EmailDomain,
    ExternalIdentity,
    GrantableAccountRole,
    User,
)
from accounts.models.identity import MAX_CLOCK_SKEW, ConnectionState, OidcFlow, Protocol
from accounts.models.request_choices import ClientAuth
from accounts.models.work import AlertKind
from accounts.rights import permissions_of_role
from accounts.tokens import revocation


@transaction.atomic
def create_connection(
    account: Account,
    *,
    acting: Actor,
    settings: Mapping[str, Any],
    domains: Iterable[str] = (),
    grantable_account_roles: Iterable[AccountRole] = (),
) -> Connection:
    """A new connection with these field values, in state draft. Raises ActionRefused; then nothing is kept.

    What the roles give is agreed to with them.
    """
    roles = list(grantable_account_roles)
    check_attribute_names(settings.get("attribute_names", {}))
    connection = Connection(account=account, **settings)
    if roles or connection.state != ConnectionState.DRAFT:
        check_verb("create_connection", account.pk, acting)
    put_agreed(connection, frozenset().union(*map(permissions_of_role, roles)), acting)
    if connection.client_secret:
        connection.client_secret_set_at = timezone.now()
    if connection.metadata_url:  # read just now
        connection.metadata_read_at = timezone.now()
    save_or_refuse(connection, force_insert=True)
    for domain in domains:
        row = claim_verified_domain(account, domain, acting=acting)
        ConnectionDomain.objects.get_or_create(account=account, connection=connection, domain=row)
    for role in roles:
        GrantableAccountRole.objects.get_or_create(account=account, connection=connection, account_role=role)
    audit.record(acting, "connection.created", connection, {"state": [None, connection.state]})
    return connection


def create_draft(account: Account, name: str, vendor: str, protocol: str, *, acting: Actor) -> Connection:
    """A connection that has our side only, so that its addresses can be copied. Raises ActionRefused."""
    settings: dict[str, Any] = {"name": name, "vendor": vendor, "protocol": protocol}
    if protocol == Protocol.SAML:
        settings["sp_private_key"], settings["sp_certificate"] = new_service_provider_key("Torque SSO")
    return create_connection(account, acting=acting, settings=settings)


def missing(connection: Connection) -> list[str]:
    """What the connection still needs before it can go live, each in words."""
    lacking = [label for name, label in _NEEDED[connection.protocol].items() if not getattr(connection, name)]
    if connection.client_auth == ClientAuth.PRIVATE_KEY and not connection.sp_certificate:
        lacking.append("a key of this connection")
    return lacking


def lacks_client_secret(connection: Connection) -> bool:
    """Whether it redeems codes without a client secret or key, as a public client. Few providers allow that."""
    by_code = connection.protocol == Protocol.OIDC and connection.flow == OidcFlow.CODE
    return by_code and not connection.has_client_credential


def only_way_in(connection: Connection) -> int:
    """How many of its people have no password and no other live connection."""
    elsewhere = ExternalIdentity.objects.in_account(connection.account_id).filter(
        connection__state=ConnectionState.LIVE, user=OuterRef("user")
    )
    people = connection.identities.filter(user__password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return people.exclude(Exists(elsewhere.exclude(connection=connection))).values("user").distinct().count()


@transaction.atomic
def enable(connection: Connection, *, acting: Actor, allowed: Iterable[str] = ()) -> None:
    """Enable the connection for logins. `allowed`: account permissions that its logins may give from now on, beside
    those agreed to before.

    Raises PermissionsExceeded, and ActionRefused when it is not complete for its protocol.
    """
    row = locked(connection)
    check_may_be_enabled(row, acting)
    _change_state(row, ConnectionState.LIVE, "connection.enabled", acting)
    allow_permissions(row, allowed, acting=acting)
    answer_requests(row, Request.ENABLE)
    connection.state = row.state


def check_may_be_enabled(connection: Connection, acting: Actor) -> None:
    """Raises PermissionsExceeded, and ActionRefused when it is not complete for its protocol."""
    check_verb("enable", connection.account_id, acting)
    if lacking := missing(connection):
        raise ActionRefused("connection-incomplete", f"The connection is not complete: expected {', '.join(lacking)}.")


@transaction.atomic
def disable(connection: Connection, *, acting: Actor) -> None:
    """Closes the connection for logins; sessions stay until they end.

    Raises ActionRefused when it is not live, and for the last live one of an account that enforces SSO.
    """
    # The account first, as `enforce_sso` does: of the last two connections only one is disabled.
    account = Account.objects.select_for_update(no_key=True).get(pk=connection.account_id)
    row = locked(connection)
    if row.state != ConnectionState.LIVE:
        raise ActionRefused("connection-not-live", f"Expected a live connection; '{row}' is {row.get_state_display()}.")
    others = Connection.objects.in_account(row.account_id).live().exclude(pk=row.pk)
    if account.sso_enforced_at is not None and not others.exists():
        raise ActionRefused(
            "last-live-connection",
            f"'{row}' is the last live connection, and SSO is enforced: only account admins could still sign in."
            " Enable another connection first, or stop enforcing SSO.",
        )
    _change_state(row, ConnectionState.DISABLED, "connection.disabled", acting)
    connection.state = row.state


@transaction.atomic
def delete_connection(connection: Connection, *, acting: Actor) -> None:
    """Removes it with all its identities: its people are unknown to a next connection.

    Raises ActionRefused if live, and PermissionsExceeded where people have signed in through it: without an identity
    they are found by their e-mail again (`accounts.sso.login.matching`).
    """
    row = locked(connection)
    if row.state == ConnectionState.LIVE:
        raise ActionRefused("connection-live", f"'{row}' is live. Disable it first, then delete it.")
    if row.identities.exists():
        check_verb("delete_connection", row.account_id, acting)
    audit.record(acting, "connection.deleted", row, {"identities": [row.identities.count(), 0]})
    revocation.revoke_tokens_of(row, acting=acting)
    _keep_people_from_others(row)
    for kind in (AlertKind.METADATA_HELD, AlertKind.METADATA_PROBLEM):
        alerts.resolve_alerts(row.account_id, kind, str(row.pk))
    answer_requests(row, *Request)
    domains = list(EmailDomain.objects.in_account(row.account_id).filter(connections=row))
    row.delete()
    give_up_unused(row.account_id, domains)


def _keep_people_from_others(row: Connection) -> None:
    """Of whom it is not known whose provisioning stored them count as this connection's, or the last that is left would
    find them: they may be its own, but nobody can say so."""
    others = Connection.objects.in_account(row.account_id).not_draft().exclude(pk=row.pk)
    if row.state != ConnectionState.DRAFT and others.exists():
        people = User.objects.in_account(row.account_id).present().filter(provisioned_by=None)
        people.update(provisioned_by=row.pk)


def locked(connection: Connection) -> Connection:
    """The row as it is now, locked. Raises ActionRefused when it is gone."""
    found = Connection.objects.select_for_update(of=("self",)).in_account(connection.account_id)
    row: Connection | None = found.select_related("account").filter(pk=connection.pk).first()
    if row is None:
        raise ActionRefused("connection-deleted", f"The connection '{connection}' was deleted in the meantime.")
    return row


def check_attribute_names(names: Mapping[str, str]) -> None:
    """Raises ActionRefused for a field that we do not have."""
    unknown = set(names) - set(FIELDS)
    if unknown:
        raise ActionRefused(
            "attribute-name-unknown",
            f"Expected attribute names for {', '.join(FIELDS)}; received {', '.join(sorted(unknown))}.",
        )


def save_or_refuse(row: Connection, **options: Any) -> None:
    """Saves; what the table's constraints refuse becomes a sentence. Raises ActionRefused."""
    try:
        with transaction.atomic():
            row.save(**options)
    except IntegrityError as broken:
        raise _refusal(row, str(broken)) from None


def _refusal(row: Connection, broken: str) -> ActionRefused:
    if "connection_clock_skew_is_capped" in broken:
        return ActionRefused(
            "clock-skew-out-of-range",
            f"Expected a clock skew of 0 to {MAX_CLOCK_SKEW} seconds; received {row.clock_skew}.",
        )
    if "connection_complete_for_its_protocol" in broken or "connection_key_is_there_where_it_is_used" in broken:
        return ActionRefused(
            "connection-incomplete",
            f"Expected {', '.join(missing(row))}, because '{row}' is {row.get_state_display()}, not a draft."
            " Fill it in, or keep what was there.",
        )
    if "connection_choices_are_known" in broken:
        return ActionRefused(
            "connection-choice-unknown", "Expected one of the choices of the page for each field; received another."
        )
    return ActionRefused("connection-name-taken", f"A connection named '{row}' exists already in this account.")


def _change_state(row: Connection, state: ConnectionState, action: str, acting: Actor) -> None:
    before, row.state = row.state, state
    save_or_refuse(row, update_fields=["state"])
    audit.record(acting, action, row, {"state": [before, row.state]})


_NEEDED: dict[str, dict[str, str]] = {
    Protocol.SAML: {
        "idp_entity_id": "the IdP issuer URI",
        "sso_url": "the IdP single sign-on URL",
        "idp_certificates": "a signing certificate",
    },
    Protocol.OIDC: {"issuer": "the issuer (or tenant ID)", "client_id": "the client ID"},
}

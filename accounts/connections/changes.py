"""Changes of a connection: its fields, the roles it may grant, its client secret."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from accounts import alerts
from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.connections.admin_requests import Request, answer_requests
from accounts.connections.agreed_permissions import agreed, put_agreed
from accounts.connections.certificates.certificates import CertificateError, fingerprint, stored_certificates
from accounts.connections.connections import check_attribute_names, locked, save_or_refuse
from accounts.connections.consent import check_fields, check_verb, was_enabled
from accounts.errors import ActionRefused
from accounts.models import AccountRole, Connection, GrantableAccountRole
from accounts.models.work import AlertKind
from accounts.rights import is_account_admin, permissions_of_role

GENERAL = ("name", "button_label", "allow_idp_initiated", "sign_requests", "clock_skew")
RULES = ("just_in_time", "update_policy", "keep_groups_when_missing", "remove_unmapped_spaces")
REQUEST = ("extra_scopes", "prompt", "max_age", "acr_values", "omit_login_hint")
PROVIDER = (
    "idp_entity_id",
    "sso_url",
    "sso_by_post",
    "idp_certificates",
    "metadata_url",
    "slo_url",
    "slo_response_url",
    "slo_by_post",
    "issuer",
    "tenant_id",
    "client_id",
    "flow",
    "client_auth",
    *REQUEST,
)
# What SAML requests ask for beyond the usual, and a weaker signature that is taken.
SAML_OPTIONS = (
    "force_authn",
    "name_id_policy",
    "authn_contexts",
    "authn_comparison",
    "accept_response_signature_over_encryption",
)
CHANGEABLE = frozenset((*GENERAL, *RULES, *PROVIDER, *SAML_OPTIONS, "attribute_names"))
# What we remember of a provider's documents is of no use when the provider is another.
_FORGOTTEN: dict[str, Any] = {
    "discovery": {},
    "discovered_at": None,
    "signing_keys": {},
    "signing_keys_at": None,
    "signing_keys_tried_at": None,
    "metadata_read_at": None,
    "metadata_tried_at": None,
    "metadata_problem": "",
    "metadata_held": {},
}
_WHERE_THEY_PUBLISH = ("issuer", "metadata_url", "idp_entity_id")


@transaction.atomic
def update_connection(
    connection: Connection,
    changes: Mapping[str, Any],
    *,
    acting: Actor,
    grantable_account_roles: Iterable[AccountRole] | None = None,
    agreed_permissions: Iterable[str] | None = None,
) -> bool:
    """Gives fields of CHANGEABLE new values, sets the roles the IdP may grant, and the account permissions that logins
    may give (None: as they are). With a role that is new here, what it gives is agreed to.

    Raises ActionRefused: for what no connection may be, and when one that is not a draft would be incomplete; and
    PermissionsExceeded, see `accounts.connections.consent`. False when nothing changed.
    """
    if unknown := set(changes) - CHANGEABLE:
        raise ActionRefused(
            "connection-field-unknown",
            f"Expected fields of a connection that may be changed; received {', '.join(unknown)}.",
        )
    check_attribute_names(changes.get("attribute_names", {}))
    row = locked(connection)
    described = describe_changes(row, changes)
    check_fields(row, described, acting)
    if described:
        take(row, changes)
    described |= _set_given(row, grantable_account_roles, agreed_permissions, acting)
    if described:
        audit.record(acting, "connection.changed", row, described)
        if is_account_admin(acting, row.account_id):
            answer_requests(row, Request.GENERAL if set(described) <= {*GENERAL} else Request.PEOPLE)
    return bool(described)


def _set_given(
    row: Connection, roles: Iterable[AccountRole] | None, permissions: Iterable[str] | None, acting: Actor
) -> dict[str, Any]:
    """Set what logins may give. Returns the changes for the audit entry."""
    described, new = _set_grantable(row, list(roles), acting) if roles is not None else ({}, [])
    wanted = frozenset(permissions) if permissions is not None else agreed(row)
    described |= put_agreed(row, wanted.union(*map(permissions_of_role, new)), acting)
    if "agreed_permissions" in described:
        row.save(update_fields=["agreed_permissions"])
    return described


def take(row: Connection, changes: Mapping[str, Any]) -> None:
    """Saves these values on a locked row. Raises ActionRefused. The caller writes the audit entry."""
    names = put(row, changes)
    check_values(row, changes)
    save_or_refuse(row, update_fields=names)
    if "metadata_held" in names:
        for kind in (AlertKind.METADATA_HELD, AlertKind.METADATA_PROBLEM):
            alerts.resolve_alerts(row.account_id, kind, str(row.pk))


def put(row: Connection, changes: Mapping[str, Any]) -> list[str]:
    """On the object only, forgetting what another provider published; gives the names of all fields it has set."""
    another = any(name in changes and changes[name] != getattr(row, name) for name in _WHERE_THEY_PUBLISH)
    values = {**(_FORGOTTEN if another else {}), **changes}
    for name, value in values.items():
        setattr(row, name, value)
    return list(values)


def check_values(row: Connection, names: Iterable[str]) -> None:
    """Raises ActionRefused for the first of these fields that cannot hold its value."""
    try:
        row.clean_fields(exclude={field.name for field in row._meta.fields} - set(names))
    except ValidationError as wrong:
        name, problems = next(iter(wrong.message_dict.items()))
        raise ActionRefused(
            "connection-field-invalid", f"{name.replace('_', ' ').capitalize()}: {problems[0]}"
        ) from None


def describe_changes(row: Connection, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Changes for an audit entry: field -> [before, after], certificates by their fingerprints."""
    described = {name: [getattr(row, name), value] for name, value in changes.items() if getattr(row, name) != value}
    if "idp_certificates" in described:
        described["idp_certificates"] = [
            [fingerprint(pem) for pem in kept_certificates(text)] for text in described["idp_certificates"]
        ]
    return described


def _set_grantable(
    row: Connection, wanted: list[AccountRole], acting: Actor
) -> tuple[dict[str, Any], list[AccountRole]]:
    """R18. Returns the changes for the audit entry, and the roles that are new. Removing one needs no permission.

    Raises PermissionsExceeded."""
    if any(role.account_id != row.account_id for role in wanted):
        raise ActionRefused("account-role-of-another-account", "Expected account roles of this account.")
    rows = GrantableAccountRole.objects.in_account(row.account_id).filter(connection=row)
    before = set(rows.values_list("account_role__name", flat=True))
    new = [role for role in wanted if role.name not in before]
    after = {role.name for role in wanted}
    if before == after:
        return {}, []
    if new:
        check_verb("grant_roles", row.account_id, acting)
    rows.exclude(account_role__in=wanted).delete()
    for role in wanted:
        GrantableAccountRole.objects.get_or_create(account_id=row.account_id, connection=row, account_role=role)
    return {"grantable_account_roles": [sorted(before), sorted(after)]}, new


def kept_certificates(text: str) -> tuple[str, ...]:
    """The certificates kept on a row, PEM; none where they cannot be read."""
    try:
        return stored_certificates(text)
    except CertificateError:
        return ()


@transaction.atomic
def set_client_secret(connection: Connection, secret: str, expires_at: datetime | None, *, acting: Actor) -> None:
    """Keeps a new client secret, encrypted; "" removes it. The audit entry says that, never what."""
    row = locked(connection)
    if was_enabled(row):
        check_verb("set_client_secret", row.account_id, acting)
    check_secret_is_good(secret, expires_at)
    described = describe_secret(row, secret, expires_at)
    row.save(update_fields=put(row, secret_fields(secret, expires_at)))
    action = "connection.client-secret-set" if secret else "connection.client-secret-removed"
    audit.record(acting, action, row, described)


def check_secret_is_good(secret: str, expires_at: datetime | None) -> None:
    """Raises ActionRefused."""
    if secret and expires_at is not None and expires_at <= timezone.now():
        raise ActionRefused(
            "client-secret-expired", f"Expected a secret that is still good; this one ended on {expires_at:%Y-%m-%d}."
        )


def secret_fields(secret: str, expires_at: datetime | None) -> dict[str, Any]:
    set_at = timezone.now() if secret else None
    ends_at = expires_at if secret else None
    return {"client_secret": secret, "client_secret_set_at": set_at, "client_secret_expires_at": ends_at}


def describe_secret(row: Connection, secret: str, expires_at: datetime | None) -> dict[str, Any]:
    """Changes for an audit entry: whether a secret is set, never what it is."""
    was_set = row.has_client_secret
    return {
        "client_secret": ["set" if was_set else None, ("replaced" if was_set else "set") if secret else None],
        "expires_at": [_iso(row.client_secret_expires_at), _iso(expires_at if secret else None)],
    }


def _iso(at: datetime | None) -> str | None:
    return at.isoformat() if at else None

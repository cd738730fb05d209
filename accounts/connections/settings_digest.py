"""A fingerprint of all settings of a connection that a login depends on: two are equal only if these are.

A test login is remembered with it, so that what was tested can be compared with what is live (`docs/decisions/0014`).
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from accounts.models import Connection
from common.encryption import UnreadableSecret

SECRETS = ("client_secret", "sp_private_key")
# Newer than the tests that are remembered: counted where one differs from its default, so that those tests stay good.
ADDED_LATER = frozenset(
    "sso_by_post force_authn name_id_policy authn_contexts authn_comparison"
    " client_auth extra_scopes prompt max_age acr_values omit_login_hint".split()
)
# Whether it is on, how it is called, what is noted about it, copies of what the provider publishes, and logout.
# What an account admin agreed to limits what a login gives; no login is refused for it.
NOT_OF_A_LOGIN = (
    "id account name button_label state created_at groups_seen_at agreed_permissions"
    " metadata_read_at metadata_tried_at metadata_problem metadata_held slo_url slo_response_url slo_by_post"
    " client_secret_set_at client_secret_expires_at next_private_key next_certificate"
    " discovery discovered_at signing_keys signing_keys_at"
    " signing_keys_tried_at"
).split()
# All others, so that a new field counts.
SETTINGS = tuple(field.name for field in Connection._meta.concrete_fields if field.name not in NOT_OF_A_LOGIN)


def digest(settings: Mapping[str, Any]) -> str:
    """SHA-256, hex, of JSON values by name. Pure. Secrets go in as digests of their own."""
    shown = {name: _hidden(value) if name in SECRETS else value for name, value in settings.items()}
    return hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest()


def digest_of(connection: Connection) -> str:
    """Of the settings as they are on this object, with its domains and roles as they are in the database."""
    settings = {name: _value(connection, name) for name in SETTINGS if _counts(connection, name)}
    verified = connection.domains.filter(proved_at__isnull=False)
    domains = verified.values_list("domain", "with_subdomains")
    settings["domains"] = sorted(f"*.{name}" if included else name for name, included in domains)
    settings["grantable_account_roles"] = sorted(connection.grantable_account_roles.values_list("name", flat=True))
    return digest(settings)


def _counts(connection: Connection, name: str) -> bool:
    return name not in ADDED_LATER or getattr(connection, name) != getattr(Connection(), name)


def _value(connection: Connection, name: str) -> Any:
    """None for a secret that cannot be read: a test with it does not count once it can be read again."""
    try:
        return getattr(connection, name)
    except UnreadableSecret:
        return None


def _hidden(value: str | None) -> str:
    if value is None:
        return "unreadable"
    return hashlib.sha256(value.encode()).hexdigest() if value else ""

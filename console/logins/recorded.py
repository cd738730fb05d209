"""A recorded login as the beginning of a what-if: its attributes as far as they were kept, and the user they named."""

import json
from typing import Any

from accounts.connections.provider.tenants import as_guid
from accounts.models import LoginRecord
from accounts.models.identity import Protocol, Vendor
from accounts.sso import masking
from accounts.sso.saml import service_provider
from accounts.sso.saml.claims import OBJECT_ID, TENANT_ID


def attributes_of(record: LoginRecord) -> dict[str, Any]:
    """Attribute name -> value, as the identity provider sent them; names whose values were masked are left out.

    The subject is the record's, which was a NameID or in a claim that is not among the attributes.
    """
    shown = {name: values[0] if len(values) == 1 else values for name, values in record.attributes.items()}
    kept = {**_in_message(record), **masking.without_masked(shown)}
    return {**kept, **_who(record, kept)} if record.subject else kept


def _in_message(record: LoginRecord) -> dict[str, Any]:
    """Of an ID token, what a record of a former release shows in the message, and masks among the attributes."""
    try:
        claims = json.loads(record.message)
    except ValueError:
        return {}
    known = claims if isinstance(claims, dict) else {}
    return masking.without_masked({name: value for name, value in known.items() if name in record.attributes})


def _who(record: LoginRecord, kept: dict[str, Any]) -> dict[str, str]:
    connection = record.connection
    tenant, _, object_id = record.subject.rpartition("/")
    is_entra = connection is not None and connection.vendor == Vendor.ENTRA and bool(as_guid(tenant))
    if connection is None:
        return {}
    if connection.protocol == Protocol.OIDC:
        return {"tid": tenant, "oid": object_id} if is_entra else {"sub": record.subject}
    if is_entra:
        return {TENANT_ID[0]: tenant, OBJECT_ID[0]: object_id}
    is_attribute = any(name in kept for name in service_provider.reading_of(connection).names.get("subject", ()))
    return {} if is_attribute else {"NameID": record.subject}

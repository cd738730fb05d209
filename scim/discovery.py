"""What the service says of itself (RFC 7643 sections 5 to 7), from the attribute table: only what is true."""

from typing import Any

from scim.attributes import CORE, ENTERPRISE, Attribute, of_schema, parts_of
from scim.listing.cursors import SECONDS as CURSOR_SECONDS
from scim.listing.paging import DEFAULT_COUNT, MAX_COUNT

_CONFIG_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
_TYPE_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
_SCHEMA_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Schema"


def service_provider_config(base_url: str) -> dict[str, Any]:
    """What a client may use; `pagination` is the block of RFC 9865 section 3."""
    return {
        "schemas": [_CONFIG_SCHEMA],
        "patch": {"supported": True},
        "bulk": {"supported": False, "maxOperations": 0, "maxPayloadSize": 0},
        "filter": {"supported": True, "maxResults": MAX_COUNT},
        "changePassword": {"supported": False},
        "sort": {"supported": True},
        "etag": {"supported": True},
        "pagination": {
            "cursor": True,
            "index": True,
            "defaultPaginationMethod": "index",
            "defaultPageSize": DEFAULT_COUNT,
            "maxPageSize": MAX_COUNT,
            "cursorTimeout": CURSOR_SECONDS,
        },
        "authenticationSchemes": [
            {
                "type": "oauthbearertoken",
                "name": "API token",
                "description": "A token of Torque with the permission to manage users, sent as a bearer token.",
                "specUri": "https://www.rfc-editor.org/info/rfc6750",
                "primary": True,
            }
        ],
        "meta": {"resourceType": "ServiceProviderConfig", "location": f"{base_url}/ServiceProviderConfig"},
    }


def resource_types(base_url: str) -> list[dict[str, Any]]:
    """People only, as long as groups are not provisioned."""
    return [
        {
            "schemas": [_TYPE_SCHEMA],
            "id": "User",
            "name": "User",
            "endpoint": "/Users",
            "description": "A person of the account.",
            "schema": CORE,
            "schemaExtensions": [{"schema": ENTERPRISE, "required": False}],
            "meta": {"resourceType": "ResourceType", "location": f"{base_url}/ResourceTypes/User"},
        }
    ]


def schemas(base_url: str) -> list[dict[str, Any]]:
    """The attributes that are kept, as `/Schemas` lists them."""
    return [
        _schema(base_url, CORE, "User", "User Account: a person of the account."),
        _schema(base_url, ENTERPRISE, "EnterpriseUser", "What the company keeps of a person who works there."),
    ]


def _schema(base_url: str, urn: str, name: str, description: str) -> dict[str, Any]:
    return {
        "schemas": [_SCHEMA_SCHEMA],
        "id": urn,
        "name": name,
        "description": description,
        "attributes": [_definition(attribute) for attribute in of_schema(urn)],
        "meta": {"resourceType": "Schema", "location": f"{base_url}/Schemas/{urn}"},
    }


def _definition(attribute: Attribute) -> dict[str, Any]:
    """RFC 7643 section 7; a complex attribute has no letter case and no uniqueness of its own."""
    definition: dict[str, Any] = {
        "name": attribute.key,
        "type": attribute.type,
        "multiValued": attribute.multi_valued,
        "description": attribute.description,
        "required": attribute.required,
        "mutability": attribute.mutability,
        "returned": attribute.returned,
        "uniqueness": attribute.uniqueness,
    }
    if attribute.type in ("string", "reference"):
        definition["caseExact"] = attribute.case_exact
    if attribute.canonical_values:
        definition["canonicalValues"] = list(attribute.canonical_values)
    if attribute.reference_types:
        definition["referenceTypes"] = list(attribute.reference_types)
    if attribute.type == "complex":
        definition["subAttributes"] = [_definition(part) for part in parts_of(attribute)]
    return definition

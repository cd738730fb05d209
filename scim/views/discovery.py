"""What the service says of itself (RFC 7643 sections 5 to 7), from the attribute table; and what is not offered.

Groups are not provisioned (`protocol.md` 1.7): their list is there, because Okta's connector test and import read it,
and empty; a change is 501.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse

from scim import errors
from scim.attributes import CORE, ENTERPRISE, Attribute, of_schema, parts_of
from scim.listing.cursors import SECONDS as CURSOR_SECONDS
from scim.listing.paging import DEFAULT_COUNT, MAX_COUNT
from scim.request_log import RequestSummary
from scim.views.base import ScimView, answer, listed

_CONFIG_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
_TYPE_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
_SCHEMA_SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Schema"


class ServiceProviderConfigView(ScimView):
    summary = RequestSummary("read", "read", "what the service can do")

    def get(self, _request: HttpRequest) -> HttpResponse:
        return answer(_service_provider_config(self.base_url))


class DocumentsView(ScimView):
    """A list of documents and each of them by its id. A filter is refused, as RFC 7644 section 4 asks."""

    documents_at: Any = None  # the documents, by the base URL

    def get(self, request: HttpRequest, name: str = "") -> HttpResponse:
        if "filter" in request.GET:
            raise errors.forbidden("Expected no filter here: all of these documents are always shown.")
        documents = self.documents_at(self.base_url)
        if not name:
            return listed(documents, len(documents))
        for document in documents:
            if document["id"] == name:
                return answer(document)
        known = ", ".join(document["id"] for document in documents)
        raise errors.not_found(f"Expected one of {known}; received {errors.quoted(name)}.")


class BulkView(ScimView):
    summary = RequestSummary(tried="send", subject="a bulk request")

    def post(self, _request: HttpRequest) -> HttpResponse:
        raise errors.not_implemented("Bulk requests are not offered. Send the operations one by one.")


class NothingHere(ScimView):
    """Any other address below the base: 404 in SCIM's words, whatever the method."""

    def get(self, _request: HttpRequest) -> HttpResponse:
        raise errors.not_found("Expected /Users, /Groups, /Me, /ServiceProviderConfig, /ResourceTypes or /Schemas.")

    post = put = patch = delete = get


class GroupsView(ScimView):
    summary = RequestSummary("listed", "list", "groups", ": none are provisioned")

    def get(self, _request: HttpRequest) -> HttpResponse:
        return listed([], 0)

    def post(self, _request: HttpRequest) -> HttpResponse:
        self.summary = RequestSummary(tried="create", subject="a group")
        raise _groups_not_offered()


class GroupsSearchView(ScimView):
    """`/Groups/.search` finds as little as the list holds."""

    summary = RequestSummary("looked for", "look for", "groups", ": none are provisioned")

    def post(self, _request: HttpRequest) -> HttpResponse:
        self.body()
        return listed([], 0)


class GroupView(ScimView):
    """`/Groups/{id}`: there is none."""

    summary = RequestSummary(tried="change", subject="a group")

    def get(self, _request: HttpRequest, group_id: str) -> HttpResponse:
        self.summary = RequestSummary(tried="read", subject=f"the group {group_id}")
        raise errors.not_found(
            f"Expected no group to be asked for, as none is provisioned; received {errors.quoted(group_id)}."
        )

    def put(self, _request: HttpRequest, group_id: str) -> HttpResponse:
        raise _groups_not_offered()

    patch = delete = put


def _groups_not_offered() -> errors.ScimError:
    return errors.not_implemented(
        "Groups are not provisioned over SCIM. Switch group provisioning off in the identity provider;"
        " Torque reads group memberships at sign-in."
    )


def _service_provider_config(base_url: str) -> dict[str, Any]:
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


def _resource_types(base_url: str) -> list[dict[str, Any]]:
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


def _schemas(base_url: str) -> list[dict[str, Any]]:
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


resource_types = DocumentsView.as_view(
    documents_at=_resource_types, summary=RequestSummary("read", "read", "the resource types")
)
schemas = DocumentsView.as_view(documents_at=_schemas, summary=RequestSummary("read", "read", "the schemas"))

"""What the service can do, and the addresses at which there is nothing."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from scim import discovery, errors
from scim.request_summary import RequestSummary
from scim.views.base import ScimView, answer, listed


class ServiceProviderConfigView(ScimView):
    summary = RequestSummary("read", "read", "what the service can do")

    def get(self, _request: HttpRequest) -> HttpResponse:
        return answer(discovery.service_provider_config(self.base_url))


class DocumentsView(ScimView):
    """A list of documents and each of them by its id. A filter is refused, as RFC 7644 section 4 asks."""

    def documents(self) -> list[dict[str, Any]]:
        raise NotImplementedError

    def get(self, request: HttpRequest, name: str = "") -> HttpResponse:
        if "filter" in request.GET:
            raise errors.forbidden("Expected no filter here: all of these documents are always shown.")
        documents = self.documents()
        if not name:
            return listed(documents, len(documents))
        for document in documents:
            if document["id"] == name:
                return answer(document)
        known = ", ".join(document["id"] for document in documents)
        raise errors.not_found(f"Expected one of {known}; received {errors.quoted(name)}.")


class ResourceTypesView(DocumentsView):
    summary = RequestSummary("read", "read", "the resource types")

    def documents(self) -> list[dict[str, Any]]:
        return discovery.resource_types(self.base_url)


class SchemasView(DocumentsView):
    summary = RequestSummary("read", "read", "the schemas")

    def documents(self) -> list[dict[str, Any]]:
        return discovery.schemas(self.base_url)


class BulkView(ScimView):
    summary = RequestSummary(tried="send", subject="a bulk request")

    def post(self, _request: HttpRequest) -> HttpResponse:
        raise errors.not_implemented("Bulk requests are not offered. Send the operations one by one.")


class NothingHere(ScimView):
    """Any other address below the base: 404 in SCIM's words, whatever the method."""

    def get(self, _request: HttpRequest) -> HttpResponse:
        raise errors.not_found("Expected /Users, /Groups, /Me, /ServiceProviderConfig, /ResourceTypes or /Schemas.")

    post = put = patch = delete = get

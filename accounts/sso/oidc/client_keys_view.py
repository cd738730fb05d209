"""Where providers read the public keys that a connection signs its token requests with (`private_key_jwt`)."""

from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_GET

from accounts.connections.certificates.client_keys import published_keys
from accounts.models import Connection
from accounts.models.identity import Protocol
from accounts.rate_limits import limited_by


@limited_by("DOCUMENT", is_program=True)
@require_GET
def client_keys(_request: HttpRequest, account_slug: str, connection_id: UUID) -> JsonResponse:
    """A JWK Set (RFC 7517 section 5); empty while the connection has no key."""
    found = Connection.objects.filter(account__slug=account_slug, protocol=Protocol.OIDC)
    return JsonResponse(published_keys(get_object_or_404(found, pk=connection_id)))

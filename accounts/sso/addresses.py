"""The addresses of a connection that an admin copies into the identity provider."""

from django.conf import settings
from django.urls import reverse

from accounts.models import Connection
from accounts.models.identity import Protocol
from accounts.sso.logout import oidc as oidc_logout
from accounts.sso.saml import service_provider


def addresses_of(connection: Connection) -> dict[str, str]:
    """Absolute URLs; those of the other protocol are empty or absent. `start_url` and `initiate_login_url` lead to the
    IdP."""
    start = settings.BASE_URL + reverse("sso:start", args=[connection.id])
    keys = settings.BASE_URL + reverse("sso:client-keys", args=[connection.account.slug, connection.id])
    is_saml = connection.protocol == Protocol.SAML
    return {
        "start_url": start,
        "entity_id": service_provider.entity_id(connection) if is_saml else "",
        "acs_url": service_provider.acs_url(connection) if is_saml else "",
        "metadata_url": service_provider.entity_id(connection) if is_saml else "",
        "slo_url": service_provider.slo_url(connection) if is_saml else "",
        "redirect_uri": "" if is_saml else settings.BASE_URL + reverse("sso:oidc-callback"),
        "logout_uri": "" if is_saml else oidc_logout.logout_uri(connection),
        "post_logout_redirect_uri": "" if is_saml else oidc_logout.post_logout_redirect_uri(),
        "initiate_login_url": start,
        **({} if is_saml else {"jwks_uri": keys}),
    }

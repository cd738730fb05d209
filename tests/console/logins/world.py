"""Where refusals are provoked and looked at: the cast, a web of documents, browsers on their way."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client

from accounts.models import Connection, LoginRecord, User
from tests.support.cast import Cast
from tests.support.factories import oidc_connection
from tests.support.journeys import OidcJourney, SamlJourney, signed_connection
from tests.support.oidc_messages import Provider, Web, shape


@dataclass
class World:
    cast: Cast
    web: Web
    patch: pytest.MonkeyPatch
    settings: Any

    def saml(self, **options: Any) -> SamlJourney:
        """A browser that has begun a sign-in at an Okta SAML connection."""
        journey = SamlJourney(signed_connection(self.cast.acme, **options))
        journey.start()
        return journey

    def entra(self, **options: Any) -> OidcJourney:
        connection = oidc_connection(self.cast.acme, **options)
        return OidcJourney(Provider(connection, self.web, shape("entra/oidc/member.json")))

    def okta(self, **options: Any) -> OidcJourney:
        own = {"vendor": "okta", "issuer": "https://acme.okta.example", "tenant_id": "", "client_id": "0oa1"}
        own |= {"client_secret": "okta-client-secret", "flow": "code"}
        connection = oidc_connection(self.cast.acme, **{**own, **options})
        return OidcJourney(Provider(connection, self.web, shape("okta/oidc/with_groups.json")))


def signed_in(user: User) -> Client:
    browser = Client()
    browser.force_login(user, "accounts.authentication.AccountBackend")
    return browser


def latest() -> LoginRecord:
    return LoginRecord.objects.latest("at")


def tried(browser: Client, connection: Connection, text: str, person: str = "") -> Any:
    """What the what-if page makes of these attributes."""
    form = {"connection": str(connection.pk), "attributes": text, "person": person}
    return browser.post("/logins/what-if", form)

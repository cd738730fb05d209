"""Two connections of Acme, one of each protocol, that know Alice: an attacker who is believed would be an admin."""

import pytest
from django.core.cache import cache
from django.test import Client

from common.outbound import guarded_http
from tests.advisories.outside import browser_of, link
from tests.support.cast import Cast
from tests.support.factories import OID, TENANT, oidc_connection
from tests.support.journeys import OidcJourney, SamlJourney, signed_connection
from tests.support.oidc_messages import Provider, Web, shape
from tests.support.saml_keys import key_pair


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> Web:
    """Replaces the way out to the network."""
    cache.clear()
    web = Web()
    monkeypatch.setattr(guarded_http, "fetch", web.fetch)
    return web


@pytest.fixture
def saml(cast: Cast) -> SamlJourney:
    """A browser at Acme's Okta, where Alice is `alice@acme.example`."""
    keys = {"sp_private_key": key_pair("sp").private_pem, "sp_certificate": key_pair("sp").certificate}
    journey = SamlJourney(signed_connection(cast.acme, **keys))
    link(journey.connection, cast.alice, "alice@acme.example")
    return journey


@pytest.fixture
def oidc(cast: Cast, web: Web) -> OidcJourney:
    """A browser at Acme's Entra, where Alice is the person of the usual token."""
    journey = OidcJourney(Provider(oidc_connection(cast.acme), web, shape("entra/oidc/member.json")))
    link(journey.provider.connection, cast.alice, f"{TENANT}/{OID}")
    return journey


@pytest.fixture
def as_alice(cast: Cast) -> Client:
    return browser_of(cast.alice)


@pytest.fixture
def as_bob(cast: Cast) -> Client:
    return browser_of(cast.bob)

"""Row 4: whatever an issuer, a document or an address of metadata names, nothing inside our network is asked."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts.models import Connection, LoginRecord
from tests.advisories.network import PUBLIC, Network, replace_network
from tests.advisories.outside import refused_oidc
from tests.support.cast import Cast
from tests.support.factories import oidc_connection, saml_connection
from tests.support.journeys import OidcJourney
from tests.support.oidc_messages import Provider, Web, shape

pytestmark = pytest.mark.django_db

HOSTS = ("localhost", "127.0.0.1", "[::1]", "169.254.169.254", "[fe80::1]", "[::ffff:127.0.0.1]", "10.0.0.7",
         "192.168.1.1", "0.0.0.0", "100.64.0.1", "[fd00:ec2::254]", "[64:ff9b::a9fe:a9fe]", "2130706433", "0x7f.1",  # noqa: S104
         "127.1", "0177.0.0.1", "localhost.", "user@127.0.0.1", "inside.evil.example")  # fmt: skip
INSIDE = ("127.0.0.1", "169.254.169.254", "10.0.0.7", "::1", "fe80::1", "::ffff:169.254.169.254", "2002:7f00:1::")


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    cache.clear()
    network = replace_network(monkeypatch)
    network.names |= {"inside.evil.example": [["10.0.0.7"]], "localhost.": [["127.0.0.1"]]}
    return network


def start_at(cast: Cast, issuer: str) -> Any:
    connection = oidc_connection(cast.acme, vendor="other", issuer=issuer, tenant_id="")
    return Client().get(f"/login/sso/{connection.pk}")


@pytest.mark.parametrize("host", HOSTS)
def test_04_discovery_at_a_host_inside_is_not_asked_for(cast: Cast, network: Network, host: str) -> None:
    assert start_at(cast, f"https://{host}").status_code == 403
    assert network.reached == []


@pytest.mark.parametrize("address", INSIDE)
def test_04_a_public_name_with_one_address_inside_is_not_asked_for(cast: Cast, network: Network, address: str) -> None:
    network.names["idp.evil.example"] = [[PUBLIC, address]]
    assert start_at(cast, "https://idp.evil.example").status_code == 403
    assert network.reached == []


def test_04_the_address_that_was_checked_is_the_one_that_is_asked(cast: Cast, network: Network) -> None:
    """Rebinding: a second look-up would lead inside."""
    network.names["rebind.evil.example"] = [[PUBLIC], ["169.254.169.254"]]
    start_at(cast, "https://rebind.evil.example")
    assert network.reached == [PUBLIC]


@pytest.mark.parametrize("scheme", ["http", "file", "ftp", "gopher"])
def test_04_only_https_is_asked(cast: Cast, network: Network, scheme: str) -> None:
    network.names["idp.evil.example"] = [[PUBLIC]]
    assert start_at(cast, f"{scheme}://idp.evil.example").status_code == 403
    assert network.reached == []


ENDPOINTS = ("jwks_uri", "token_endpoint", "userinfo_endpoint", "end_session_endpoint", "authorization_endpoint")
ADDRESSES = ("http://idp.example/x", "file:///etc/passwd", "https://2130706433/", "//x", "javascript:alert(1)", 7)


@pytest.mark.parametrize("name", ENDPOINTS)
def test_04_a_document_that_names_no_https_address_is_not_used(cast: Cast, web: Web, name: str) -> None:
    for address in ADDRESSES:
        provider = Provider(oidc_connection(cast.acme), web, {})
        provider.publish(".well-known/openid-configuration", provider.discovery(**{name: address}))
        assert Client().get(f"/login/sso/{provider.connection.pk}").status_code == 403, address


def discovered(cast: Cast, **changes: Any) -> OidcJourney:
    """A connection whose document was read while it named other hosts, or hosts with other addresses."""
    connection = oidc_connection(cast.acme, flow="code", client_secret="entra-client-secret")
    provider = Provider(connection, Web(), shape("entra/oidc/member.json"))
    found = {**provider.discovery(), **changes}
    Connection.objects.filter(pk=connection.pk).update(discovery=found, discovered_at=timezone.now())
    return OidcJourney(provider)


@pytest.mark.parametrize("host", HOSTS)
def test_04_a_token_endpoint_inside_is_not_asked(cast: Cast, network: Network, host: str) -> None:
    journey = discovered(cast, token_endpoint=f"https://{host}/token")
    asked = journey.start()
    refused_oidc(journey, journey.token(asked), asked)
    assert network.reached == []


@pytest.mark.parametrize("host", HOSTS)
def test_04_keys_inside_are_not_asked_for(cast: Cast, network: Network, host: str) -> None:
    journey = discovered(cast, jwks_uri=f"https://{host}/keys")
    Connection.objects.update(flow="id_token")
    journey.provider.connection.refresh_from_db()
    asked = journey.start()
    refused_oidc(journey, journey.token(asked), asked)
    assert network.reached == []


@pytest.mark.parametrize("host", HOSTS)
def test_04_metadata_inside_are_not_read(cast: Cast, network: Network, as_alice: Client, host: str) -> None:
    draft = saml_connection(cast.acme, state="draft", idp_certificates="")
    fields = {"way": "address", "address-metadata_url": f"https://{host}/metadata"}
    assert as_alice.post(f"/sso/{draft.pk}/provider", fields).status_code == 200
    assert network.reached == []
    assert not LoginRecord.objects.exists()

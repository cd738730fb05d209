"""Logging out with `oidc-provider`, in both directions: what ends at one side is over at the other."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import requests

from tests.idps.oidc_provider import OidcProvider, running_oidc_provider
from tests.idps.product import Product
from tests.idps.test_oidc_provider import FLOWS, connect
from tests.idps.visitor import Visitor
from tools import servers

Connections = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def port() -> int:
    return servers.free_port()


@pytest.fixture(scope="module")
def connections(product: Product, port: int) -> Connections:
    """Made before the provider starts, because its clients are registered with the addresses of the product."""
    return {flow: connect(product, "okta", flow, f"http://127.0.0.1:{port}", "that logs out") for flow in FLOWS}


@pytest.fixture(scope="module")
def provider(
    tmp_path_factory: pytest.TempPathFactory, product: Product, port: int, connections: Connections
) -> Iterator[OidcProvider]:
    logout = {
        flow: {
            "backchannel_logout_uri": connection["logout_uri"],
            "backchannel_logout_session_required": True,
            "post_logout_redirect_uris": [connection["post_logout_redirect_uri"]],
        }
        for flow, connection in connections.items()
    }
    folder = tmp_path_factory.mktemp("logs-out")
    with running_oidc_provider(folder, port, product.redirect_uri, claims_in_id_token=True, logout=logout) as running:
        yield running


@pytest.fixture(params=FLOWS)
def start_url(request: pytest.FixtureRequest, connections: Connections) -> str:
    url: str = connections[request.param]["start_url"]
    return url


@pytest.fixture
def login(provider: OidcProvider) -> str:
    name = f"person-{uuid4().hex[:8]}"
    provider.say(name, email=f"{name}@acme.example", given_name="Pat")
    return name


def signed_in(product: Product, login: str, start_url: str) -> Visitor:
    visitor = Visitor(product.origin, login=login, password="anything")
    assert visitor.sign_in(start_url).status_code == 200, product.last_login()
    assert visitor.is_in()
    return visitor


def test_logging_out_there_ends_the_session_here(
    product: Product, provider: OidcProvider, login: str, start_url: str
) -> None:
    visitor = signed_in(product, login, start_url)
    visitor.says_yes_to_logout(f"{provider.issuer}/session/end")
    assert not visitor.is_in()


def test_logging_out_there_leaves_the_persons_other_browser_in(
    product: Product, provider: OidcProvider, login: str, start_url: str
) -> None:
    visitor, other = (signed_in(product, login, start_url) for _ in range(2))
    visitor.says_yes_to_logout(f"{provider.issuer}/session/end")
    assert (visitor.is_in(), other.is_in()) == (False, True)


def test_logging_out_here_ends_the_session_there_and_comes_back(
    product: Product, provider: OidcProvider, login: str, start_url: str
) -> None:
    visitor = signed_in(product, login, start_url)
    assert not visitor.is_asked_who_they_are(start_url)
    visitor.sign_in(start_url)
    page = visitor.log_out()
    assert page.url.startswith(f"{product.origin}/login?state=")
    assert "You are logged out." in page.text
    assert not visitor.is_in()
    assert visitor.is_asked_who_they_are(start_url)


def test_logging_out_here_works_while_the_provider_is_down(product: Product, tmp_path_factory: Any) -> None:
    port = servers.free_port()
    connection = connect(product, "okta", "id_token", f"http://127.0.0.1:{port}", "that goes down")
    folder = tmp_path_factory.mktemp("goes-down")
    with running_oidc_provider(folder, port, product.redirect_uri, claims_in_id_token=True) as running:
        running.say("pat", email="pat@acme.example")
        visitor = signed_in(product, "pat", connection["start_url"])
    with pytest.raises(requests.ConnectionError):
        visitor.log_out()  # the browser cannot reach the provider
    assert not visitor.is_in()

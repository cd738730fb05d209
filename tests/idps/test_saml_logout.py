"""Single logout with SimpleSAMLphp, from both sides, each side sending by each binding."""

from typing import Any
from urllib.parse import urlencode

import pytest

from tests.idps.product import Product
from tests.idps.simplesamlphp import POST, REDIRECT, SimpleSamlPhp
from tests.idps.test_simplesamlphp import person, service_provider
from tests.idps.visitor import Visitor

BINDINGS = {"redirect": REDIRECT, "post": POST}
# How we send, and how SimpleSAMLphp does.
WAYS = [f"{ours}-{theirs}" for ours in BINDINGS for theirs in BINDINGS]
SIGNED = {"saml20.sign.response": True, "saml20.sign.assertion": True}

Connections = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def connections(product: Product, simplesamlphp: SimpleSamlPhp) -> Connections:
    return make_connections(product, simplesamlphp, "plain")


def make_connections(product: Product, simplesamlphp: SimpleSamlPhp, name: str) -> Connections:
    """One for each way, known on both sides, with a person of that way's name."""
    made = {way: connect(product, simplesamlphp, way, name) for way in WAYS}
    simplesamlphp.people({f"{way}:secret": person(f"{way}-{name}") for way in WAYS})
    trusted = {}
    for way, connection in made.items():
        service = {"Binding": BINDINGS[way.partition("-")[2]], "Location": connection["slo_url"]}
        trusted[connection["entity_id"]] = service_provider(connection, {**SIGNED, "SingleLogoutService": [service]})
    simplesamlphp.trust(trusted)
    return made


def connect(product: Product, provider: SimpleSamlPhp, way: str, name: str) -> dict[str, Any]:
    """By metadata, where both bindings are offered, we send by redirect; by fields we are told to post."""
    fields = ["--issuer", provider.entity_id, "--sso-url", provider.sso_url]
    fields += [
        "--certificate",
        str(provider.folder / "cert" / "idp.crt"),
        "--slo-url",
        provider.slo_url,
        "--slo-by-post",
    ]
    options = ["--metadata", provider.metadata_url] if way.startswith("redirect") else fields
    vendor = ["--vendor", "okta", "--protocol", "saml", "--domain", "acme.example", "--live"]
    return product.command("create_connection", "acme", f"logs out {way} ({name})", *vendor, *options)


@pytest.fixture(params=WAYS)
def start_url(request: pytest.FixtureRequest, connections: Connections) -> str:
    url: str = connections[request.param]["start_url"]
    return url


@pytest.fixture
def visitor(product: Product, start_url: str, request: pytest.FixtureRequest) -> Visitor:
    return signed_in(product, start_url, request.node.callspec.params["start_url"])


def signed_in(product: Product, start_url: str, name: str) -> Visitor:
    visitor = Visitor(product.origin, username=name, password="secret")
    assert visitor.sign_in(start_url).status_code == 200, product.last_login()
    assert visitor.is_in()
    return visitor


def log_out_there(visitor: Visitor, provider: SimpleSamlPhp) -> None:
    end = f"{provider.url}/resources/post.css"
    visitor.visit(f"{provider.slo_url}?{urlencode({'ReturnTo': end})}", end)


def test_logging_out_there_ends_the_session_here(visitor: Visitor, simplesamlphp: SimpleSamlPhp) -> None:
    log_out_there(visitor, simplesamlphp)
    assert not visitor.is_in()


def test_logging_out_there_leaves_the_persons_other_browser_in(
    product: Product, simplesamlphp: SimpleSamlPhp, visitor: Visitor, start_url: str
) -> None:
    other = signed_in(product, start_url, visitor.knows["username"])
    log_out_there(visitor, simplesamlphp)
    assert (visitor.is_in(), other.is_in()) == (False, True)


def test_simplesamlphp_takes_our_answer(visitor: Visitor, simplesamlphp: SimpleSamlPhp) -> None:
    log_out_there(visitor, simplesamlphp)
    log = (simplesamlphp.folder / "log" / "simplesamlphp.log").read_text()
    assert "Unsuccessful logout" not in log
    assert "Received SAML 2.0 LogoutResponse" in log


def test_logging_out_here_ends_the_session_there_and_comes_back(
    product: Product, visitor: Visitor, start_url: str
) -> None:
    assert not visitor.is_asked_who_they_are(start_url)
    visitor.sign_in(start_url)
    page = visitor.log_out_through(f"{product.origin}/login")
    assert "You are logged out." in page.text
    assert "may still know you" not in page.text
    assert not visitor.is_in()
    assert visitor.is_asked_who_they_are(start_url)

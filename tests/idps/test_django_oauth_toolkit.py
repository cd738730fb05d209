"""Full OpenID Connect logins with django-oauth-toolkit: code and PKCE, with a client secret and without one."""

from typing import Any
from uuid import uuid4

import pytest

from tests.idps.django_oauth_toolkit import SECRET, DjangoOAuthToolkit
from tests.idps.product import Product
from tests.idps.visitor import Visitor

CLIENTS = ("confidential", "public")


@pytest.fixture(scope="module")
def start_urls(product: Product, toolkit: DjangoOAuthToolkit) -> dict[str, str]:
    """A connection for each kind of client, and where its sign-in starts."""
    product.command("create_group", "acme", "Toolkit people", "--idp-identifier", "toolkit")
    return {kind: connect(product, kind, toolkit.issuer)["start_url"] for kind in CLIENTS}


def connect(product: Product, kind: str, issuer: str) -> dict[str, Any]:
    options = ["--vendor", "other", "--protocol", "oidc", "--issuer", issuer, "--client-id", kind, "--flow", "code"]
    options += ["--client-secret-env", "SECRET"] if kind == "confidential" else []
    options += ["--attribute", "groups=groups", "--domain", "acme.example", "--live"]
    return product.command("create_connection", "acme", f"toolkit {kind}", *options, SECRET=SECRET)


@pytest.mark.parametrize("kind", CLIENTS)
def test_a_person_signs_in_and_comes_back(
    product: Product, toolkit: DjangoOAuthToolkit, start_urls: dict[str, str], kind: str
) -> None:
    login = f"person-{uuid4().hex[:8]}"
    email = f"{login}@acme.example"
    toolkit.say(login, email=email, email_verified=True, given_name="Pat", space_name="Mars", groups=["toolkit"])
    seen = [signed_in(product, start_urls[kind], login) for _ in range(2)]
    assert seen[0] == seen[1]
    assert seen[0]["email"] == email
    assert [space["space"] for space in seen[0]["spaces"]] == ["Mars"]
    assert [group["group"] for group in seen[0]["groups"]] == ["Toolkit people"]


def signed_in(product: Product, start_url: str, login: str) -> dict[str, Any]:
    visitor = Visitor(product.origin, username=login, password="anything")
    page = visitor.sign_in(start_url)
    assert page.status_code == 200, product.last_login()
    return visitor.me()

"""The product and the foreign identity providers, each started once for all tests here."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.idps.django_oauth_toolkit import DjangoOAuthToolkit, running_django_oauth_toolkit
from tests.idps.oidc_provider import OidcProvider, running_oidc_provider
from tests.idps.product import Product, running_product
from tests.idps.samlp_provider import Samlp, running_samlp
from tests.idps.simplesamlphp import SimpleSamlPhp, running_simplesamlphp
from tools import servers


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.idps)


@pytest.fixture(scope="session")
def simplesamlphp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleSamlPhp]:
    with running_simplesamlphp(tmp_path_factory.mktemp("simplesamlphp")) as provider:
        yield provider


@pytest.fixture(scope="session")
def samlp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Samlp]:
    with running_samlp(tmp_path_factory.mktemp("samlp")) as provider:
        yield provider


@pytest.fixture(scope="session")
def toolkit(tmp_path_factory: pytest.TempPathFactory, product: Product) -> Iterator[DjangoOAuthToolkit]:
    folder = tmp_path_factory.mktemp("django-oauth-toolkit")
    with running_django_oauth_toolkit(folder, product.redirect_uri) as provider:
        yield provider


@pytest.fixture(scope="session")
def entra_port() -> int:
    """Known before Entra's stand-in runs, because the product is told where Microsoft Graph is when it starts."""
    return servers.free_port()


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory, entra_port: int) -> Iterator[Product]:
    folder = tmp_path_factory.mktemp("product")
    with running_product(folder, GRAPH_URL=f"http://127.0.0.1:{entra_port}") as running:
        yield running


@pytest.fixture(scope="session")
def like_okta(tmp_path_factory: pytest.TempPathFactory, product: Product) -> Iterator[OidcProvider]:
    folder, port = tmp_path_factory.mktemp("like-okta"), servers.free_port()
    with running_oidc_provider(folder, port, product.redirect_uri, claims_in_id_token=False) as provider:
        yield provider


@pytest.fixture(scope="session")
def like_entra(tmp_path_factory: pytest.TempPathFactory, product: Product, entra_port: int) -> Iterator[OidcProvider]:
    folder = tmp_path_factory.mktemp("like-entra")
    with running_oidc_provider(folder, entra_port, product.redirect_uri, claims_in_id_token=True) as provider:
        yield provider

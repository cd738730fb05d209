"""The product and the two foreign identity providers, each started once for all tests here."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.idps.product import Product, running_product
from tests.idps.simplesamlphp import SimpleSamlPhp, running_simplesamlphp


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.idps)


@pytest.fixture(scope="session")
def simplesamlphp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleSamlPhp]:
    with running_simplesamlphp(tmp_path_factory.mktemp("simplesamlphp")) as provider:
        yield provider


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with running_product(tmp_path_factory.mktemp("product")) as running:
        yield running

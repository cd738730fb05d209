"""One stand-in for all tests here, asked without a network."""

import pytest

from tests.demo.visitor import PRODUCT, Visitor


@pytest.fixture(scope="session")
def visitor(tmp_path_factory: pytest.TempPathFactory) -> Visitor:
    return Visitor.of_new_stand_in(PRODUCT, tmp_path_factory.mktemp("stand-in"))

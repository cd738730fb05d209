"""Marked `services`: may ask for real servers, and then needs `@pytest.mark.django_db(transaction=True)`."""

from pathlib import Path

import pytest

from tests.integration.fixtures import broker_url, product_environment, redis, web, worker

__all__ = ["broker_url", "product_environment", "redis", "web", "worker"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.services)

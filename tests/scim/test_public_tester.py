"""The public conformance tester (scim2-tester) against this server, in one process."""

from collections.abc import Iterator

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_tester import CheckResult, Status, check_server

from tests.support.cast import Cast
from torque_sso.wsgi import application

pytestmark = pytest.mark.django_db

UNWANTED = (Status.DEVIATION, Status.ERROR, Status.CRITICAL)


@pytest.fixture(autouse=True)
def _test_keeps_its_connection() -> Iterator[None]:
    """A whole request ends with its connection closed, on PostgreSQL; as Django's own test client, prevent it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def received(result: CheckResult) -> str:
    return f"{result.status.name} {result.title} {result.resource_type or ''}: {result.reason}"


@pytest.mark.parametrize("base", ["/api/scim", "/api/scim/v2"])
def test_the_public_tester_finds_nothing_wrong(token: str, cast: Cast, base: str) -> None:
    client = WSGISCIMClient(
        application, base_url=f"http://localhost:8000{base}", headers={"Authorization": f"Bearer {token}"}
    )
    results = check_server(client)
    assert [received(result) for result in results if result.status in UNWANTED] == []
    assert len([result for result in results if result.status == Status.SUCCESS]) > 80

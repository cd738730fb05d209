"""The public conformance tester (scim2-tester) against this server, in one process."""

import pytest
from scim2_client.engines.wsgi import WSGISCIMClient
from scim2_tester import CheckResult, Status, check_server

from tests.cast import Cast
from torque_sso.wsgi import application

pytestmark = pytest.mark.django_db

UNWANTED = (Status.DEVIATION, Status.ERROR, Status.CRITICAL)


def told(result: CheckResult) -> str:
    return f"{result.status.name} {result.title} {result.resource_type or ''}: {result.reason}"


@pytest.mark.parametrize("base", ["/api/scim", "/api/scim/v2"])
def test_the_public_tester_finds_nothing_wrong(token: str, cast: Cast, base: str) -> None:
    client = WSGISCIMClient(
        application, base_url=f"http://localhost:8000{base}", headers={"Authorization": f"Bearer {token}"}
    )
    results = check_server(client)
    assert [told(result) for result in results if result.status in UNWANTED] == []
    assert len([result for result in results if result.status == Status.SUCCESS]) > 80

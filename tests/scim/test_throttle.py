"""One token's rate: full speed, then 429 with the time to wait."""

from typing import Any

import pytest

from tests.cast import Cast
from tests.scim.client import ScimClient
from tests.scim.conftest import service_token


@pytest.mark.django_db
def test_too_fast_is_429_with_the_time_to_wait(okta: ScimClient, cast: Cast, settings: Any) -> None:
    settings.SCIM_BURST, settings.SCIM_REQUESTS_PER_SECOND = 2, 0.1
    assert [okta.get("/Schemas").status for _ in range(3)] == [200, 200, 429]
    answer = okta.get("/Schemas")
    assert (answer.body["status"], answer.headers["Retry-After"]) == ("429", "10")
    assert ScimClient(service_token(cast.acme)).get("/Schemas").status == 200


def test_by_default_entra_is_never_slowed(settings: Any) -> None:
    assert settings.SCIM_REQUESTS_PER_SECOND >= 10 * 25

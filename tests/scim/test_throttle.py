"""One token's rate: full speed, then 429 with the time to wait."""

from typing import Any

import pytest

from tests.scim.client import ScimClient
from tests.scim.conftest import service_token
from tests.support.cast import Cast


@pytest.mark.django_db
def test_too_fast_is_429_with_the_time_to_wait(okta: ScimClient, cast: Cast, settings: Any) -> None:
    settings.SCIM_BURST, settings.SCIM_REQUESTS_PER_SECOND = 2, 0.1
    assert [okta.get("/Schemas").status for _ in range(3)] == [200, 200, 429]
    answer = okta.get("/Schemas")
    assert (answer.body["status"], answer.headers["Retry-After"]) == ("429", "10")
    assert ScimClient(service_token(cast.acme)).get("/Schemas").status == 200


@pytest.mark.django_db
@pytest.mark.parametrize("text", ["", "a-token-that-nobody-has"])
def test_a_flood_without_a_live_token_is_told_to_wait_in_scim(okta: ScimClient, settings: Any, text: str) -> None:
    settings.SCIM_BURST, settings.SCIM_REQUESTS_PER_SECOND = 2, 0.1
    stranger = ScimClient(text)
    assert [stranger.get("/Users").status for _ in range(3)] == [401, 401, 429]
    answer = stranger.get("/Users")
    assert (answer.body["status"], answer.headers["Retry-After"]) == ("429", "10")
    assert "of one address without a live token" in answer.body["detail"]
    assert okta.get("/Schemas").status == 200  # of the same address, with a live token


def test_by_default_entra_is_never_slowed(settings: Any) -> None:
    assert settings.SCIM_REQUESTS_PER_SECOND >= 10 * 25

"""Provisioning goes past what browsers need, and keeps what protects it."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from scim.fast_path import request_id

PATHS = ["/api/scim/Users", "/api/scim/v2/Users", "/api/scim", "/api/scim/v2", "/api/scim/nothing/here", "/api/scim/\n"]


@pytest.mark.django_db
@pytest.mark.parametrize("path", PATHS)
def test_provisioning_gets_no_cookie_and_stays_out_of_caches(client: Client, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Cache-Control"], answer.cookies) == (401, "no-store", {})
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/scimitar", "/api/me", "/login"])
def test_everything_else_goes_on_through_the_middleware(client: Client, path: str) -> None:
    assert client.get(path).headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.django_db
def test_another_host_is_refused(client: Client) -> None:
    assert client.get("/api/scim/Users", headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.django_db
@pytest.mark.parametrize(("sent", "kept"), [("trace-1.a_b", True), ("x" * 65, False), ("a b", False), ("", False)])
def test_a_name_of_the_request_counts_if_it_can_be_stored(rf: Any, sent: str, kept: bool) -> None:
    found = request_id(rf.get("/", headers={"X-Request-ID": sent}))
    assert found == sent if kept else UUID(found)

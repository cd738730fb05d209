"""Whatever is sent: a SCIM answer, never a 5xx but 501 (R43, R44), never a trace, a redirect or a page of HTML."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.audit.audit import OPERATOR
from accounts.models import User
from accounts.tokens import tokens
from tests.scim.hostile import METHODS, TYPES, bodies, headers, parameters, patches, people
from tests.support.cast import make_cast


class AnyRequest(TestCase):
    """hypothesis' own TestCase gives each example a transaction of its own."""

    @classmethod
    def setUpTestData(cls) -> None:
        cast = make_cast()
        cls.token = tokens.issue_service_token(cast.acme, "fuzz", ["Manage Users"], acting=OPERATOR)[1]
        cls.petra = cast.petra

    def ask(self, method: str, path: str, **more: Any) -> Any:
        client = Client(raise_request_exception=True)
        more["headers"] = {**more.get("headers", {}), "Authorization": f"Bearer {self.token}"}
        return client.generic(method, path, **more)

    def addresses(self) -> list[str]:
        person = f"/Users/{self.petra.pk}"
        listed = ["", "/", "/Users", "/Users/", person, f"{person}/", "/Users/.search", "/.search", "/Me", "/Groups"]
        listed += [
            "/Groups/1",
            "/Bulk",
            "/Schemas",
            "/Schemas/x",
            "/ResourceTypes",
            "/ResourceTypes/User",
            "/Users/a%00b",
        ]
        return [
            f"/api/scim{rest}" for rest in [*listed, "/ServiceProviderConfig", "/nothing", "/v2/Users", "/Users/%ff"]
        ]

    def assert_is_scim_error(self, answer: Any, what: object) -> None:
        assert answer.status_code < 500 or answer.status_code == 501, (what, answer.content[:200])
        assert answer.status_code not in (301, 302, 307, 308), what
        if answer.content:
            assert answer.headers["Content-Type"].startswith("application/scim+json"), what
            json.loads(answer.content)

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data(), method=st.sampled_from(METHODS), body=bodies, kind=st.sampled_from(TYPES))
    def test_any_body_to_any_address(self, data: Any, method: str, body: bytes, kind: str) -> None:
        address = data.draw(st.sampled_from(self.addresses()))
        answer = self.ask(method, address, data=body, content_type=kind, headers=data.draw(headers))
        self.assert_is_scim_error(answer, (method, address, body[:200], kind))

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(asked=parameters)
    def test_any_question_to_the_list(self, asked: dict[str, str]) -> None:
        query = "&".join(f"{name}={quote(value, errors='replace')}" for name, value in asked.items())
        answer = self.ask("GET", f"/api/scim/Users?{query}")
        self.assert_is_scim_error(answer, asked)
        assert answer.status_code in (200, 400), asked

    @settings(max_examples=400, deadline=None, suppress_health_check=list(HealthCheck))
    @given(body=patches)
    def test_any_patch_of_a_person(self, body: dict[str, Any]) -> None:
        path = f"/api/scim/Users/{self.petra.pk}"
        answer = self.ask("PATCH", path, data=json.dumps(body), content_type="application/scim+json")
        self.assert_is_scim_error(answer, body)
        if answer.status_code >= 400:
            assert User.objects.get(pk=self.petra.pk).version == self.petra.version, body

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(body=people, method=st.sampled_from(["POST", "PUT"]))
    def test_any_person(self, body: dict[str, Any], method: str) -> None:
        path = "/api/scim/Users" if method == "POST" else f"/api/scim/Users/{self.petra.pk}"
        answer = self.ask(method, path, data=json.dumps(body), content_type="application/scim+json")
        self.assert_is_scim_error(answer, (method, body))
        assert answer.status_code in (200, 201, 400, 409), (method, body, answer.content)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "authorization", ["", "Bearer", "Bearer \xff", "Basic YTpi", "tsso_" + "a" * 40, "Bearer " * 99]
)
def test_without_a_token_nothing_is_answered_but_401(authorization: str) -> None:
    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        answer = Client().generic(method, "/api/scim/Users/1", b"[", headers={"Authorization": authorization})
        assert (answer.status_code, answer.json()["status"]) == (401, "401")

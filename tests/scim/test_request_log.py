"""What an account's admin reads of provisioning: who, what in plain words, what came of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError
from django.utils import timezone

from scim import request_log
from scim.models import ProvisioningRequest
from scim.request_log import RequestSummary
from scim.views.users import searched, updated
from tests.scim.client import ScimClient
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db

ANN = "ann@acme.example"


def written() -> list[ProvisioningRequest]:
    request_log.flush()
    return list(ProvisioningRequest.objects.order_by("at"))


def sentences() -> list[str]:
    return [line.sentence for line in written()]


def test_a_life_in_plain_words(okta: ScimClient) -> None:
    user_id = okta.create(ANN).body["id"]
    okta.patch(user_id, {"op": "replace", "path": "title", "value": "Dr"})
    okta.patch(user_id, {"op": "replace", "value": {"active": False}})
    okta.patch(user_id, {"op": "replace", "value": {"active": True}})
    okta.get(f"/Users/{user_id}")
    okta.ask("DELETE", f"/Users/{user_id}")
    verbs = ["created", "updated", "deactivated", "reactivated", "read", "deleted"]
    assert sentences() == [f"Okta {verb} {ANN}" for verb in verbs]


def test_lists_and_searches(okta: ScimClient, cast: Cast) -> None:
    okta.get("/Users")
    okta.find('userName eq "bob@acme.example"')
    okta.get("/Groups")
    assert sentences() == [
        "Okta listed users: 3 in all",
        'Okta looked for userName eq "bob@acme.example": found 1',
        "Okta listed groups: none are provisioned",
    ]


def test_a_refusal_says_why(okta: ScimClient, cast: Cast) -> None:
    okta.create("bob@acme.example")
    line = written()[0]
    assert line.sentence.startswith("Okta could not create bob@acme.example: ")
    assert (line.status, line.method, line.path) == (409, "POST", "/api/scim/Users")


def test_the_line_names_account_token_and_time(okta: ScimClient, cast: Cast) -> None:
    before = timezone.now()
    okta.get("/Users")
    line = written()[0]
    assert (line.account_id, line.token_name, line.client) == (cast.acme.pk, "Okta", "Okta")
    assert before <= line.at <= timezone.now()
    assert line.duration_ms < 10_000


@pytest.mark.parametrize(
    ("user_agent", "client"),
    [
        ("Okta SCIM Client 1.0.0", "Okta"),
        ("OKTA SCIM Integration", "Okta"),
        ("azure-ad-provisioning", "Entra"),
        ("Microsoft Entra", "Entra"),
        ("curl/8", "other"),
        ("", "other"),
    ],
)
def test_the_client_is_known_by_its_user_agent(user_agent: str, client: str) -> None:
    assert request_log.client_named(user_agent) == client


def test_an_unknown_client_is_called_by_its_token(token: str) -> None:
    ScimClient(token, "curl/8").get("/Schemas")
    assert sentences() == ["The token 'Okta' read the schemas"]


def test_passwords_and_what_is_not_kept_are_masked(okta: ScimClient) -> None:
    okta.create(ANN, password="x7Kq20pZ-long", shoeSize="44", name={"givenName": "Ann", "secret": "s"})
    line = written()[0]
    assert line.body is not None
    assert (line.body["password"], line.body["shoeSize"]) == ("***", "***")
    assert (line.body["userName"], line.body["name"]) == (ANN, {"givenName": "Ann", "secret": "***"})


def test_nobody_without_a_token_fills_the_log(cast: Cast) -> None:
    ScimClient("wrong").get("/Users")
    assert written() == []


def test_a_request_waits_for_no_log(okta: ScimClient, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(2):
        okta.get("/Schemas")
    assert ProvisioningRequest.objects.count() == 0
    assert request_log.flush() == 1


def test_lines_are_written_in_bulk(okta: ScimClient, django_assert_num_queries: Any) -> None:
    for _ in range(30):
        okta.get("/Schemas")
    with django_assert_num_queries(2):
        assert request_log.flush() == 30


def test_a_database_that_fails_costs_lines_not_requests(okta: ScimClient, monkeypatch: pytest.MonkeyPatch) -> None:
    okta.get("/Schemas")

    def fail(_rows: object) -> None:
        raise DatabaseError

    monkeypatch.setattr(request_log.statements, "insert_all", fail)
    assert request_log.flush() == 0
    assert okta.get("/Schemas").status == 200


def test_an_account_that_is_gone_costs_only_its_own_lines(okta: ScimClient, stranger: ScimClient, cast: Cast) -> None:
    okta.get("/Schemas")
    stranger.get("/Schemas")
    request_log._queue.waiting[0] = request_log.Line(
        **{**request_log._queue.waiting[0].__dict__, "account_id": cast.bob.pk}
    )
    assert [line.account_id for line in written()] == [cast.globex.pk]


@pytest.mark.parametrize("path", ["/Users/%00", "/Users/%F0%9F%98%80", "/" + "x" * 2_000, "/Users/%ff"])
def test_any_path_can_be_written(okta: ScimClient, path: str) -> None:
    okta.get(path)
    assert len(written()) == 1


def test_lines_are_kept_for_thirty_days(okta: ScimClient) -> None:
    okta.get("/Schemas")
    request_log.flush()
    ProvisioningRequest.objects.update(at=timezone.now() - timedelta(days=29, hours=23))
    assert request_log.clean() == 0
    ProvisioningRequest.objects.update(at=timezone.now() - timedelta(days=30, minutes=1))
    assert request_log.clean() == 1


@pytest.mark.parametrize(
    ("was", "now", "verb"),
    [(True, False, "deactivated"), (False, True, "reactivated"), (True, True, "updated"), (False, False, "updated")],
)
def test_a_change_is_called_by_what_it_did_to_access(was: bool, now: bool, verb: str) -> None:
    summary = updated("bo@acme.example", was, now)
    assert summary.sentence("Okta", "") == f"Okta {verb} bo@acme.example"


def test_what_failed_is_shown_with_the_reason() -> None:
    summary = updated("bo@acme.example", had_access=True, active=False)
    assert (
        summary.sentence("Entra", "They are the last.")
        == "Entra could not deactivate bo@acme.example: They are the last."
    )


def test_a_long_subject_is_cut() -> None:
    assert len(searched("x" * 5_000, 1).sentence("Okta", "")) < 200


def test_an_address_that_does_not_exist() -> None:
    assert (
        RequestSummary().sentence("Okta", "Nothing.")
        == "Okta could not ask for an address that does not exist: Nothing."
    )

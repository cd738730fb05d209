"""Two accounts with the same people: nothing of the other is seen, counted, changed or deleted (C02, R34, R35)."""

from typing import Any

import pytest

from accounts.models import AuditEntry, User
from scim import request_log
from scim.models import ProvisioningRequest
from tests.scim.client import USER, ScimClient
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db

PEOPLE = ("ann@shared.example", "ben@shared.example")


@pytest.fixture
def _same_people(okta: ScimClient, stranger: ScimClient) -> None:
    for client in (okta, stranger):
        for name in PEOPLE:
            client.create(name, externalId=f"00u-{name}", title="Engineer")


@pytest.fixture
def theirs(cast: Cast, stranger: ScimClient, _same_people: None) -> list[str]:
    """The ids of all of Globex's people."""
    return [str(pk) for pk in User.objects.filter(account=cast.globex).values_list("pk", flat=True)]


def rows(cast: Cast) -> list[dict[str, Any]]:
    return list(User.objects.filter(account=cast.globex).order_by("pk").values())


FILTERS = [
    "",
    'userName eq "charlie@globex.example"',
    'userName eq "ann@shared.example" or userName eq "charlie@globex.example"',
    "active eq true or active eq false or id pr",
    'not (userName eq "x")',
    "not (active eq true) or not (active eq false)",
    'userName pr and (title eq "Engineer" or externalId pr or emails pr)',
    'emails.value co "example" or emails[type eq "work" and value co "e"]',
    'meta.created gt "2000-01-01T00:00:00Z" or meta.lastModified le "2999-01-01T00:00:00Z"',
    'externalId eq "00u-ann@shared.example"',
    'userName co "" or displayName sw ""',
]


@pytest.mark.parametrize("filter_text", FILTERS)
@pytest.mark.parametrize(
    "extra", ["", "&sortBy=userName&sortOrder=descending", "&cursor=", "&startIndex=3", "&count=0"]
)
def test_no_list_shows_or_counts_them(
    okta: ScimClient, cast: Cast, theirs: list[str], filter_text: str, extra: str
) -> None:
    answer = okta.get(f"/Users?filter={filter_text}{extra}" if filter_text else f"/Users?count=200{extra}")
    ours = User.objects.filter(account=cast.acme).count()
    assert answer.body["totalResults"] <= ours == 5
    assert not any(user_id in str(answer.body) for user_id in theirs)
    assert "globex" not in str(answer.body).lower()


@pytest.mark.parametrize("filter_text", FILTERS)
def test_no_search_finds_them(okta: ScimClient, theirs: list[str], filter_text: str) -> None:
    for path in ("/.search", "/Users/.search"):
        found = okta.ask("POST", path, {"filter": filter_text, "count": 200}).body
        assert not {user["id"] for user in found["Resources"]} & set(theirs)


def test_their_ids_are_nobodys(okta: ScimClient, cast: Cast, theirs: list[str]) -> None:
    before = rows(cast)
    for user_id in theirs:
        for method in ("GET", "PUT", "PATCH", "DELETE"):
            body = {"schemas": [USER], "userName": "x@y.example", "Operations": [{"op": "remove", "path": "title"}]}
            answer = okta.ask(method, f"/Users/{user_id}", body)
            assert answer.status == 404
            assert okta.find(f'id eq "{user_id}"').body["totalResults"] == 0
    assert rows(cast) == before


def test_their_ids_answer_as_ids_that_nobody_has(okta: ScimClient, theirs: list[str]) -> None:
    unknown = "0c6a7e0e-5d0c-4a43-9a53-0c6f0e6a1f11"
    for method in ("GET", "DELETE"):
        known = okta.ask(method, f"/Users/{theirs[0]}")
        assert (known.status, known.body) == (404, okta.ask(method, f"/Users/{unknown}").body)


@pytest.mark.parametrize("hint", ["?account=globex", "?account_id={}", "?tenant={}"])
def test_no_parameter_chooses_the_account(okta: ScimClient, cast: Cast, hint: str, theirs: list[str]) -> None:
    answer = okta.get("/Users" + hint.format(cast.globex.pk))
    assert answer.body["totalResults"] == 5


def test_a_body_chooses_neither_account_nor_id(okta: ScimClient, cast: Cast, theirs: list[str]) -> None:
    before = rows(cast)
    chosen = {
        "id": theirs[0],
        "account": str(cast.globex.pk),
        "account_id": str(cast.globex.pk),
        "meta": {"location": "x"},
    }
    created = okta.create("new@shared.example", **chosen).body
    assert created["id"] not in theirs
    body = {"Operations": [{"op": "add", "value": {**chosen, "title": "Dr"}}]}
    okta.ask("PATCH", f"/Users/{created['id']}", body)
    assert User.objects.get(pk=created["id"]).account_id == cast.acme.pk
    assert rows(cast) == before


def test_the_same_names_are_free_in_each_account(okta: ScimClient, stranger: ScimClient, cast: Cast) -> None:
    assert okta.create("charlie@globex.example", externalId="00u1").status == 201
    assert stranger.create("bob@acme.example", externalId="00u1").status == 201


def test_a_change_reaches_only_the_own_person(okta: ScimClient, cast: Cast, theirs: list[str]) -> None:
    before = rows(cast)
    for name in PEOPLE:
        found = okta.find(f'userName eq "{name}"').body["Resources"][0]
        okta.patch(found["id"], {"op": "replace", "path": "userName", "value": f"new-{name}"})
        okta.patch(found["id"], {"op": "replace", "value": {"active": False}})
        okta.ask("DELETE", f"/Users/{found['id']}")
    assert rows(cast) == before


def test_a_cursor_of_another_account_leads_nowhere(okta: ScimClient, stranger: ScimClient, theirs: list[str]) -> None:
    cursor = stranger.get("/Users?count=1&cursor=").body["nextCursor"]
    answer = okta.get(f"/Users?count=1&cursor={cursor}")
    assert not any(user_id in str(answer.body) for user_id in theirs)


def lines(cast: Cast) -> tuple[int, int]:
    request_log.flush()
    audited = AuditEntry.objects.filter(account=cast.globex).count()
    return audited, ProvisioningRequest.objects.in_account(cast.globex).count()


def test_nothing_is_written_to_their_logs(okta: ScimClient, cast: Cast, theirs: list[str]) -> None:
    before = lines(cast)
    okta.patch(theirs[0], {"op": "replace", "value": {"active": False}})
    okta.find('userName eq "charlie@globex.example"')
    okta.create("new@shared.example")
    assert lines(cast) == before
    assert ProvisioningRequest.objects.in_account(cast.acme).count() == 5

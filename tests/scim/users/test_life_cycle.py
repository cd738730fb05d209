"""The end of access as an identity provider asks for it: what it is answered, and how often the database is asked."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import guard
from accounts.models import Account, Alert, ApiToken, AuditEntry, HeldDeparture, User
from accounts.tokens import tokens
from accounts.users.locking import member_role_id
from scim import request_log
from tests.scim.client import USER, Answer, ScimClient
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
OUT = {"op": "replace", "value": {"active": False}}


@pytest.fixture
def _all_held(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard has stepped in: one user is held, and all that follow."""
    Account.objects.filter(pk=cast.acme.pk).update(hold_mass_departures=True)
    HeldDeparture.objects.create(account=cast.acme, user=cast.bob, asked_by="provisioning")


@pytest.fixture
def own(cast: Cast) -> ScimClient:
    """An identity provider with Alice's own token; Bob is an admin too, so that she is not the last."""
    User.objects.filter(pk=cast.bob.pk).update(account_role=cast.alice.account_role)
    return ScimClient(tokens.issue_token(cast.alice, "Okta", ["Manage Users"], acting=OPERATOR)[1])


def asked(client: ScimClient, user: User, way: str) -> Answer:
    if way == "PATCH":
        return client.patch(user.pk, OUT)
    body = {"schemas": [USER], "userName": user.email, "active": False} if way == "PUT" else None
    return client.ask(way, f"/Users/{user.pk}", body)


WAYS = ("PATCH", "PUT", "DELETE")


@pytest.mark.parametrize("way", WAYS)
def test_the_owner_of_the_token_stays_and_an_admin_is_shown(own: ScimClient, cast: Cast, way: str) -> None:
    refused = asked(own, cast.alice, way)
    assert refused.status == 403
    assert "service token" in refused.body["detail"]
    assert own.get("/Users").status == 200
    assert Alert.objects.get().kind == "token-owner"
    assert AuditEntry.objects.get(action="user.protected").actor == "provisioning (Okta)"


def test_me_cannot_remove_itself_either(own: ScimClient) -> None:
    assert own.ask("DELETE", "/Me").status == 403


@pytest.mark.parametrize("way", WAYS)
def test_the_last_admin_stays_and_it_is_written_down_who_tried(okta: ScimClient, cast: Cast, way: str) -> None:
    assert asked(okta, cast.alice, way).status == 403
    assert AuditEntry.objects.get(action="user.protected").object_id == cast.alice.pk


@pytest.mark.usefixtures("_all_held")
@pytest.mark.parametrize("way", ["PATCH", "PUT"])
def test_who_is_held_is_still_active_and_the_answer_says_so(okta: ScimClient, cast: Cast, way: str) -> None:
    held = asked(okta, cast.petra, way)
    assert (held.status, held.body["active"]) == (200, True)
    assert okta.get(f"/Users/{cast.petra.pk}").body["active"] is True
    assert HeldDeparture.objects.filter(user=cast.petra, erase=False).exists()


@pytest.mark.usefixtures("_all_held")
def test_a_held_delete_is_done_for_the_client_and_the_person_is_here(okta: ScimClient, cast: Cast) -> None:
    assert asked(okta, cast.petra, "DELETE").status == 204
    assert okta.get(f"/Users/{cast.petra.pk}").status == 200
    assert HeldDeparture.objects.filter(user=cast.petra, erase=True).exists()


@pytest.mark.usefixtures("_all_held")
@pytest.mark.parametrize("way", WAYS)
def test_the_request_log_does_not_say_that_a_held_person_is_out(okta: ScimClient, cast: Cast, way: str) -> None:
    asked(okta, cast.petra, way)
    sentence = request_log._queue.waiting[-1].sentence
    assert sentence == "Okta asked to deprovision petra@acme.example: held until an account admin approves"


@pytest.mark.usefixtures("_all_held")
def test_reactivating_drops_what_is_held(okta: ScimClient, cast: Cast) -> None:
    assert okta.patch(cast.bob.pk, {"op": "replace", "value": {"active": True}}).status == 200
    assert not HeldDeparture.objects.exists()


def queries(ask: Any) -> int:
    """With a token used a moment ago, and the account's role Account Member known to the process."""
    ApiToken.objects.update(last_used_at=timezone.now())
    member_role_id(ApiToken.objects.values_list("account_id", flat=True)[0])
    with CaptureQueriesContext(connection) as made:
        assert ask().status < 400
    return len([query for query in made if "SAVEPOINT" not in query["sql"]])


@pytest.mark.parametrize("way", WAYS)
def test_deprovisioning_is_six_queries_at_most(okta: ScimClient, cast: Cast, way: str) -> None:
    assert queries(lambda: asked(okta, cast.petra, way)) <= 6


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("hold", [False, True])
def test_the_guard_asks_three_more_when_too_many_were_deprovisioned(
    okta: ScimClient, cast: Cast, monkeypatch: pytest.MonkeyPatch, way: str, hold: bool
) -> None:
    monkeypatch.setattr(guard, "AT_LEAST", 1)
    Account.objects.update(hold_mass_departures=hold)
    okta.patch(cast.bob.pk, OUT)
    assert queries(lambda: asked(okta, cast.petra, way)) <= 9


@pytest.mark.usefixtures("_all_held")
@pytest.mark.parametrize("way", WAYS)
def test_asking_again_for_a_held_user_is_six_queries_at_most(okta: ScimClient, cast: Cast, way: str) -> None:
    assert queries(lambda: asked(okta, cast.petra, way)) <= 6

"""The page on which an admin moves people to a connection."""

from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from accounts.audit.audit import OPERATOR
from accounts.connections.moving import moves
from accounts.models import AuditEntry, Connection, ConnectionMove, User
from accounts.permissions import Permission
from tests.accounts.connections.test_identities import sso_user
from tests.support.cast import Cast
from tests.support.factories import known_at, oidc_connection, saml_connection
from tests.support.holders import browser_of, holder

pytestmark = pytest.mark.django_db


@pytest.fixture
def okta(cast: Cast) -> Connection:
    """Dana and Alice, an account admin, are known at it."""
    connection = saml_connection(cast.acme, name="Okta")
    for user in (sso_user(cast, "dana@acme.example"), cast.alice):
        known_at(connection, user)
    return connection


@pytest.fixture
def entra(cast: Cast) -> Connection:
    return oidc_connection(cast.acme, name="Entra")


def address(entra: Connection, more: str = "") -> str:
    return f"/sso/{entra.pk}/move{more}"


def started(okta: Connection, entra: Connection) -> ConnectionMove:
    return moves.start_move(okta, entra, includes_privileged=False, acting=OPERATOR)


def test_it_shows_who_would_link_before_anything_happens(as_alice: Client, okta: Connection, entra: Connection) -> None:
    page = as_alice.get(address(entra))
    assertContains(page, "Preview: 2 of 2 users can be linked")
    assertContains(page, "dana@acme.example")
    assert not ConnectionMove.objects.exists()


def test_who_does_not_link_is_listed_with_what_to_do(
    as_alice: Client, cast: Cast, okta: Connection, entra: Connection
) -> None:
    known_at(okta, sso_user(cast, "sam@elsewhere.example"))
    page = as_alice.get(address(entra, f"?source={okta.pk}&finding=no-domain"))
    assertContains(page, "domain to this connection and verify it.")
    assertContains(page, "sam@elsewhere.example")
    assertNotContains(page, "dana@acme.example")


def test_without_another_connection_it_says_so(as_alice: Client, entra: Connection) -> None:
    assertContains(as_alice.get(address(entra)), "No other connection has users")


@pytest.mark.parametrize("source", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_a_source_that_is_not_there_is_not_found(
    as_alice: Client, okta: Connection, entra: Connection, source: str
) -> None:
    assert as_alice.get(address(entra, f"?source={source}")).status_code == 404
    assert as_alice.post(address(entra, "/start"), {"source": source}).status_code == 404


def test_a_connection_of_another_account_is_no_source(as_alice: Client, cast: Cast, entra: Connection) -> None:
    foreign = saml_connection(cast.globex)
    assert as_alice.get(address(entra, f"?source={foreign.pk}")).status_code == 404


def test_the_start_asks_and_names_people_with_account_permissions(
    as_alice: Client, okta: Connection, entra: Connection
) -> None:
    page = as_alice.post(address(entra, "/start"), {"source": str(okta.pk)})
    assertContains(page, "2 of 2 users will be linked at their first login through Entra")
    assertContains(page, "<li>alice@acme.example</li>")
    assertContains(page, "Link users with account permissions too")
    assert not ConnectionMove.objects.exists()


@pytest.mark.parametrize(("ticked", "includes"), [({"includes_privileged": "on"}, True), ({}, False)])
def test_after_confirmation_the_move_has_started(
    as_alice: Client, okta: Connection, entra: Connection, ticked: dict[str, str], includes: bool
) -> None:
    fields = {"source": str(okta.pk), "confirmed": "yes", **ticked}
    page = as_alice.post(address(entra, "/start"), fields, follow=True)
    assertContains(page, "Users of Okta are linked at their next login through Entra")
    assertContains(page, "Moved 0 of 2 users")
    assert ConnectionMove.objects.get().includes_privileged is includes


def test_the_page_shows_how_far_it_is(as_alice: Client, okta: Connection, entra: Connection) -> None:
    started(okta, entra)
    known_at(entra, User.objects.get(email="dana@acme.example"))
    assertContains(as_alice.get(address(entra)), "Moved 1 of 2 users")


def test_the_end_asks_then_does(as_alice: Client, okta: Connection, entra: Connection) -> None:
    end = address(entra, f"/{started(okta, entra).pk}/finish")
    assertContains(as_alice.post(end), "Not signed in through Entra yet: 1 user.")
    page = as_alice.post(end, {"confirmed": "yes"}, follow=True)
    assertContains(page, "Move from Okta finished.")
    assert ConnectionMove.objects.get().ended_by == "alice@acme.example"


def test_the_end_offers_to_hand_provisioning_over(as_alice: Client, okta: Connection, entra: Connection) -> None:
    dana = User.objects.get(email="dana@acme.example")
    User.objects.filter(pk=dana.pk).update(provisioned_by=okta.pk)
    end = address(entra, f"/{started(okta, entra).pk}/finish")
    known_at(entra, dana)
    assertContains(as_alice.post(end), "Unassigning them there deprovisions them here")
    page = as_alice.post(end, {"confirmed": "yes", "hand_over": "on"}, follow=True)
    assertContains(page, "Entra now provisions 1 more user.")


def test_the_way_back_asks_then_does(as_alice: Client, okta: Connection, entra: Connection) -> None:
    back = address(entra, f"/{started(okta, entra).pk}/back")
    known_at(entra, User.objects.get(email="dana@acme.example"))
    assertContains(as_alice.post(back), "They sign in through Okta as before.")
    page = as_alice.post(back, {"confirmed": "yes", "disable": "on"}, follow=True)
    assertContains(page, "Users sign in through Okta again: 1 user unlinked from Entra")
    entra.refresh_from_db()
    assert (entra.state, entra.identities.count()) == ("disabled", 0)


def test_the_export_has_a_row_for_each_and_is_in_the_audit_log(
    as_alice: Client, okta: Connection, entra: Connection
) -> None:
    answer: Any = as_alice.get(address(entra, f"/export.csv?source={okta.pk}"))
    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert sorted(line.split(",")[0] for line in lines) == ["alice@acme.example", "dana@acme.example", "email"]
    assert AuditEntry.objects.get(action="users.exported").changes == {"filters": [None, {"move": "Okta to Entra"}]}


def test_somebody_who_prepares_only_sees_the_preview_and_no_button(
    cast: Cast, okta: Connection, entra: Connection
) -> None:
    page = browser_of(holder(cast.acme, Permission.MANAGE_SSO)).get(address(entra))
    assertContains(page, "Only an account admin can move users")
    assertNotContains(page, "Start the move</button>")

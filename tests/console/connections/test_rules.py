"""General, People, Attribute names: what is saved, and which errors the form shows."""

from typing import Any

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from accounts.models import AccountRole, Connection
from spaces.sign_in_rules import placement_of
from tests.support.cast import Cast
from tests.support.drafts import publish

pytestmark = pytest.mark.django_db
PEOPLE = {"just_in_time": "announced", "update_policy": "everything", "default_role": "Space Developer"}


def send(browser: Client, connection: Connection, tab: str, fields: dict[str, Any]) -> Any:
    return browser.post(f"/sso/{connection.pk}/{tab}", fields, follow=True)


def test_general_settings_are_saved(as_alice: Client, okta: Connection) -> None:
    page = send(as_alice, okta, "general", {"name": "Okta 2", "clock_skew": "30", "sign_requests": "on"})
    assertContains(page, "Saved. Applies from the next login.")
    row = Connection.objects.get()
    assert (row.name, row.clock_skew, row.sign_requests, row.allow_idp_initiated) == ("Okta 2", 30, True, False)


def test_what_is_of_saml_only_is_not_asked_of_openid(as_alice: Client, azure: Connection) -> None:
    assertNotContains(as_alice.get(f"/sso/{azure.pk}/general"), "Sign requests")
    send(as_alice, azure, "general", {"name": "Azure", "clock_skew": "60", "sign_requests": "on"})
    assert not Connection.objects.get().sign_requests


@pytest.mark.parametrize(
    ("fields", "expected"),
    [({"name": "Azure", "clock_skew": "60"}, "exists already"), ({"name": "x", "clock_skew": "301"}, "less than")],
)
def test_a_general_setting_that_cannot_be_is_shown(
    as_alice: Client, okta: Connection, azure: Connection, fields: dict[str, str], expected: str
) -> None:
    assertContains(send(as_alice, okta, "general", fields), expected)


def test_whom_it_lets_in_and_where_they_go_is_saved(as_alice: Client, okta: Connection, cast: Cast) -> None:
    role = AccountRole.objects.create(account=cast.acme, name="Auditor")
    send(as_alice, okta, "people", {**PEOPLE, "default_space": "QA", "grantable": [str(role.pk)]})
    row = Connection.objects.get()
    assert (row.just_in_time, row.update_policy) == ("announced", "everything")
    assert placement_of(row) == ("QA", "Space Developer")
    assert list(row.grantable_account_roles.all()) == [role]
    assertContains(as_alice.get(f"/sso/{okta.pk}/people"), " checked>", count=1)


def test_the_role_of_another_account_cannot_be_granted(as_alice: Client, okta: Connection, cast: Cast) -> None:
    role = AccountRole.objects.in_account(cast.globex).first()
    assert role
    page = send(as_alice, okta, "people", {**PEOPLE, "grantable": [str(role.pk)]})
    assertContains(page, "is not one of the available choices")
    assert not Connection.objects.get().grantable_account_roles.exists()


def test_an_unknown_space_is_shown(as_alice: Client, okta: Connection) -> None:
    page = send(as_alice, okta, "people", {**PEOPLE, "default_space": "Atlantis"})
    assertContains(page, "This account has no space with the name &#x27;Atlantis&#x27;")
    assert Connection.objects.get().just_in_time == "on"


def test_attribute_names_are_saved_and_the_usual_ones_shown(as_alice: Client, okta: Connection) -> None:
    assertContains(as_alice.get(f"/sso/{okta.pk}/attributes"), "Default: firstName or first_name")
    send(as_alice, okta, "attributes", {"email": " mail ", "groups": ""})
    assert Connection.objects.get().attribute_names == {}
    publish(okta)
    assert Connection.objects.get().attribute_names == {"email": "mail"}


def test_saving_the_same_is_shown_and_audited_as_nothing(as_alice: Client, okta: Connection) -> None:
    assertContains(send(as_alice, okta, "attributes", {}), "No changes")

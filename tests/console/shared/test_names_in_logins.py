"""Pages that rename or delete what logins name say how many people came with the name."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from accounts.audit.audit import OPERATOR
from accounts.roles.custom_roles import RoleDraft
from accounts.roles.roles import create_account_role
from spaces.space_roles import add_space_role
from tests.spaces.test_names_in_logins import signed_in
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
CAME = "1 user sent this name in {attribute} in the last 14 days."


@pytest.fixture
def addresses(cast: Cast) -> dict[str, str]:
    """Attribute -> the page of what it names: each is called "QA"."""
    draft = RoleDraft("QA", "", frozenset())
    return {
        "space_name": f"/spaces/{cast.space('QA').pk}",
        "space_role": f"/roles/space/{add_space_role(cast.acme, draft, acting=OPERATOR).pk}",
        "account_role": f"/roles/account/{create_account_role(cast.acme, draft, acting=OPERATOR).pk}",
    }


@pytest.mark.parametrize("attribute", ["space_name", "space_role", "account_role"])
def test_a_rename_names_how_many_came_with_it(
    alice: Client, cast: Cast, addresses: dict[str, str], attribute: str
) -> None:
    page = alice.get(f"{addresses[attribute]}/edit")
    assertContains(page, "update the name there too")
    assertNotContains(page, "sent this name")
    signed_in(cast.bob, **{attribute: ["QA"]})
    assertContains(alice.get(f"{addresses[attribute]}/edit"), CAME.format(attribute=attribute))


@pytest.mark.parametrize("attribute", ["space_name", "space_role", "account_role"])
def test_a_deletion_names_it_too(alice: Client, cast: Cast, addresses: dict[str, str], attribute: str) -> None:
    signed_in(cast.bob, **{attribute: ["QA"]})
    assertContains(alice.post(f"{addresses[attribute]}/delete"), CAME.format(attribute=attribute))

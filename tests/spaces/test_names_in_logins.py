"""Names of spaces and roles in the attributes of recent logins."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.login_records import new_reference
from accounts.models import Connection, LoginRecord, User
from spaces.names_in_logins import people_with, unknown_spaces
from tests.support.cast import Cast
from tests.support.factories import saml_connection

pytestmark = pytest.mark.django_db


def signed_in(
    user: User,
    outcome: str = "signed-in",
    days_ago: int = 0,
    connection: Connection | None = None,
    **attributes: list[str],
) -> None:
    known = {"account": user.account, "user": user, "connection": connection}
    record = LoginRecord.objects.create(**known, reference=new_reference(), outcome=outcome, attributes=attributes)
    LoginRecord.objects.filter(pk=record.pk).update(at=timezone.now() - timedelta(days=days_ago))


@pytest.mark.parametrize(
    ("values", "people"),
    [
        (["Space Admin"], 1),
        (["Tester, space ADMIN"], 1),
        (["Tester", "Space Admin"], 1),
        (["Space Administrator"], 0),
        ([], 0),
        (["… (11 characters)"], 0),
    ],
)
def test_a_name_is_found_as_logins_find_it(cast: Cast, values: list[str], people: int) -> None:
    signed_in(cast.bob, space_role=values)
    assert people_with(cast.acme, "space_role", "Space Admin") == people


def test_a_person_counts_once_and_another_account_never(cast: Cast) -> None:
    for user in (cast.bob, cast.bob, cast.alice, cast.charlie):
        signed_in(user, space_role=["Space Admin"])
    assert people_with(cast.acme, "space_role", "Space Admin") == 2


def test_the_name_that_a_connection_gave_the_attribute_is_read(cast: Cast) -> None:
    saml_connection(cast.acme, attribute_names={"space_role": "https://acme.example/claims/role"})
    signed_in(cast.bob, **{"https://acme.example/claims/role": ["Space Admin"]})
    assert people_with(cast.acme, "space_role", "Space Admin") == 1


@pytest.mark.parametrize("login", [{"outcome": "refused"}, {"days_ago": 15}])
def test_old_and_refused_logins_do_not_count(cast: Cast, login: dict[str, Any]) -> None:
    signed_in(cast.bob, **login, space_role=["Space Admin"])
    assert people_with(cast.acme, "space_role", "Space Admin") == 0


def test_it_costs_two_queries(cast: Cast, django_assert_num_queries: Any) -> None:
    for _ in range(5):
        signed_in(cast.bob, space_role=["Space Admin"])
    with django_assert_num_queries(2):
        people_with(cast.acme, "space_role", "Space Admin")


def test_unknown_spaces_of_a_connection_are_listed_once(cast: Cast) -> None:
    okta = saml_connection(cast.acme, attribute_names={"space_name": "teams"})
    for attributes in ({"teams": ["Nowhere, trial"]}, {"space_name": ["Atlantis"]}, {"teams": ["Nowhere"]}, {}):
        signed_in(cast.bob, connection=okta, **attributes)
    signed_in(cast.bob, space_name=["Of another connection"])
    assert unknown_spaces(okta, timezone.now() - timedelta(hours=1), limit=10) == ["Atlantis", "Nowhere"]


def test_a_name_that_was_cut_in_the_record_is_left_out(cast: Cast) -> None:
    okta = saml_connection(cast.acme)
    signed_in(cast.bob, connection=okta, space_name=[("Atlantis," + "x" * 600)[:500]])
    assert unknown_spaces(okta, timezone.now() - timedelta(hours=1), limit=10) == ["Atlantis"]

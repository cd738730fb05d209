"""Putting people into groups by hand, and taking them out."""

import pytest

from accounts.errors import ActionRefused
from accounts.models import AuditEntry, Group, GroupMembership, Origin
from accounts.models.identity import ConnectionState
from accounts.models.user import UserState
from accounts.services import groups
from accounts.services.audit import OPERATOR
from tests.cast import Cast
from tests.factories import known_at, mapped_group, put_in, saml_connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def ops(cast: Cast) -> Group:
    return mapped_group(cast.acme, "Ops")


def emails_of(group: Group) -> set[str]:
    return set(GroupMembership.objects.filter(group=group).values_list("user__email", flat=True))


def test_several_are_added_by_hand_with_one_audit_entry(cast: Cast, ops: Group) -> None:
    put_in(cast.alice, ops)
    new = groups.add_members(ops, [cast.alice, cast.petra, cast.bob], acting=OPERATOR)
    assert {user.email for user in new} == {"bob@acme.example", "petra@acme.example"}
    assert set(GroupMembership.objects.values_list("origin", flat=True)) == {Origin.MANUAL}
    entry = AuditEntry.objects.get(action="group.members-added")
    assert entry.changes == {"members": [[], ["bob@acme.example", "petra@acme.example"]]}


def test_one_whom_the_provider_manages_stops_all(cast: Cast, ops: Group) -> None:
    known_at(saml_connection(cast.acme, name="Okta"), cast.petra, "other")
    with pytest.raises(ActionRefused, match=r"manages petra@acme\.example, who logs in through connection Okta"):
        groups.add_members(ops, [cast.bob, cast.petra], acting=OPERATOR)
    assert emails_of(ops) == set()


def test_people_of_a_provider_that_delivers_no_groups_are_added(cast: Cast, ops: Group) -> None:
    known_at(saml_connection(cast.acme, vendor="other"), cast.petra)
    assert groups.add_member(ops, cast.petra, acting=OPERATOR)


def test_once_its_groups_attribute_is_named_that_provider_manages_them(cast: Cast, ops: Group) -> None:
    known_at(saml_connection(cast.acme, vendor="other", attribute_names={"groups": "memberOf"}), cast.petra)
    with pytest.raises(ActionRefused, match="identity provider manages"):
        groups.add_member(ops, cast.petra, acting=OPERATOR)


def test_charlie_and_leavers_are_refused(cast: Cast, ops: Group) -> None:
    with pytest.raises(ActionRefused, match="same account"):
        groups.add_member(ops, cast.charlie, acting=OPERATOR)
    cast.bob.state = UserState.DEPROVISIONED
    cast.bob.save(update_fields=["state"])
    with pytest.raises(ActionRefused, match="no longer has access"):
        groups.add_member(ops, cast.bob, acting=OPERATOR)


def test_who_was_added_by_hand_is_removed_by_hand(cast: Cast, ops: Group) -> None:
    put_in(cast.bob, ops)
    assert groups.remove_member(ops, cast.bob, acting=OPERATOR)
    assert not groups.remove_member(ops, cast.bob, acting=OPERATOR)
    assert AuditEntry.objects.get(action="group.member-removed").changes == {"members": ["bob@acme.example", None]}


def test_whom_a_login_put_in_is_the_providers_until_the_connection_is_disabled(cast: Cast, ops: Group) -> None:
    okta = saml_connection(cast.acme, name="Okta")
    known_at(okta, cast.petra, "id-of-Ops")
    put_in(cast.petra, ops, okta)
    with pytest.raises(ActionRefused, match="put in at login by connection Okta"):
        groups.remove_member(ops, cast.petra, acting=OPERATOR)
    okta.state = ConnectionState.DISABLED
    okta.save()
    assert groups.remove_member(ops, cast.petra, acting=OPERATOR)


def test_adding_costs_the_same_for_many(cast: Cast, ops: Group, django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        groups.add_members(ops, [cast.alice, cast.bob, cast.petra], acting=OPERATOR)

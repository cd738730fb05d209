"""Add users to groups manually, and remove them."""

from typing import Any

import pytest

from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import end_access
from accounts.errors import ActionRefused
from accounts.groups import groups
from accounts.groups import members as group_members
from accounts.groups.members import join
from accounts.models import AuditEntry, Group, GroupMembership, Origin
from accounts.models.identity import ConnectionState
from accounts.models.user import UserState
from accounts.users import users
from tests.support.cast import Cast
from tests.support.factories import known_at, mapped_group, put_in, saml_connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def ops(cast: Cast) -> Group:
    return mapped_group(cast.acme, "Ops")


def emails_of(group: Group) -> set[str]:
    return set(GroupMembership.objects.filter(group=group).values_list("user__email", flat=True))


def test_several_are_added_by_hand_which_is_shown_of_the_group_and_of_each(cast: Cast, ops: Group) -> None:
    put_in(cast.alice, ops)
    new = group_members.add_members(ops, [cast.alice, cast.petra, cast.bob], acting=OPERATOR)
    assert {user.email for user in new} == {"bob@acme.example", "petra@acme.example"}
    assert set(GroupMembership.objects.values_list("origin", flat=True)) == {Origin.MANUAL}
    entry = AuditEntry.objects.get(action="group.members-added")
    assert entry.changes == {"members": [[], ["bob@acme.example", "petra@acme.example"]]}
    about = AuditEntry.objects.filter(action="user.added-to-group")
    assert {entry.object_id for entry in about} == {cast.bob.pk, cast.petra.pk}


def test_one_whom_the_provider_manages_stops_all(cast: Cast, ops: Group) -> None:
    known_at(saml_connection(cast.acme, name="Okta"), cast.petra, "other")
    with pytest.raises(ActionRefused, match=r"manages petra@acme\.example, who logs in through connection Okta"):
        group_members.add_members(ops, [cast.bob, cast.petra], acting=OPERATOR)
    assert emails_of(ops) == set()


def test_people_of_a_provider_that_delivers_no_groups_are_added(cast: Cast, ops: Group) -> None:
    known_at(saml_connection(cast.acme, vendor="other"), cast.petra)
    assert group_members.add_member(ops, cast.petra, acting=OPERATOR)


def test_once_its_groups_attribute_is_named_that_provider_manages_them(cast: Cast, ops: Group) -> None:
    known_at(saml_connection(cast.acme, vendor="other", attribute_names={"groups": "memberOf"}), cast.petra)
    with pytest.raises(ActionRefused, match="identity provider manages"):
        group_members.add_member(ops, cast.petra, acting=OPERATOR)


def test_charlie_and_leavers_are_refused(cast: Cast, ops: Group) -> None:
    with pytest.raises(ActionRefused, match="same account"):
        group_members.add_member(ops, cast.charlie, acting=OPERATOR)
    cast.bob.state = UserState.DEPROVISIONED
    cast.bob.save(update_fields=["state"])
    with pytest.raises(ActionRefused, match="no longer has access"):
        group_members.add_member(ops, cast.bob, acting=OPERATOR)


def test_who_was_added_by_hand_is_removed_by_hand(cast: Cast, ops: Group) -> None:
    put_in(cast.bob, ops)
    assert group_members.remove_member(ops, cast.bob, acting=OPERATOR)
    assert not group_members.remove_member(ops, cast.bob, acting=OPERATOR)
    assert AuditEntry.objects.get(action="group.member-removed").changes == {"members": ["bob@acme.example", None]}
    received = AuditEntry.objects.get(action="user.removed-from-group")
    assert (received.object_id, received.changes) == (cast.bob.pk, {"groups": ["Ops", None]})


def test_whom_a_login_put_in_is_the_providers_until_the_connection_is_disabled(cast: Cast, ops: Group) -> None:
    okta = saml_connection(cast.acme, name="Okta")
    known_at(okta, cast.petra, "id-of-Ops")
    put_in(cast.petra, ops, okta)
    with pytest.raises(ActionRefused, match="added at login by connection Okta"):
        group_members.remove_member(ops, cast.petra, acting=OPERATOR)
    okta.state = ConnectionState.DISABLED
    okta.save()
    assert group_members.remove_member(ops, cast.petra, acting=OPERATOR)


def test_adding_costs_the_same_for_many(cast: Cast, ops: Group, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(11):
        group_members.add_members(ops, [cast.alice, cast.bob, cast.petra], acting=OPERATOR)


def test_only_who_was_not_in_it_counts(cast: Cast) -> None:
    devs, _ = groups.create_group(cast.acme, "Devs", acting=OPERATOR)
    assert join([cast.bob.pk], devs, acting=OPERATOR).added == 1
    assert join([cast.bob.pk, cast.petra.pk], devs, acting=OPERATOR).added == 1
    entries = AuditEntry.objects.filter(action="user.added-to-group")
    assert {entry.object_id for entry in entries} == {cast.bob.pk, cast.petra.pk}


def test_who_is_out_or_elsewhere_is_left_out(cast: Cast) -> None:
    devs, _ = groups.create_group(cast.acme, "Devs", acting=OPERATOR)
    end_access.deprovision(cast.bob.pk, cast.acme, acting=OPERATOR)
    assert join([cast.bob.pk, cast.charlie.pk], devs, acting=OPERATOR).added == 0
    assert not GroupMembership.objects.exists()


def test_many_cost_as_much_as_one(cast: Cast, django_assert_max_num_queries: Any) -> None:
    devs, _ = groups.create_group(cast.acme, "Devs", acting=OPERATOR)
    many = [users.provision_pending(cast.acme, f"p{n}@acme.example", acting=OPERATOR).pk for n in range(40)]
    with django_assert_max_num_queries(11):
        assert join(many, devs, acting=OPERATOR).added == 40

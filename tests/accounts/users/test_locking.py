"""Lock, read, change, write: every change of a user."""

import pytest

from accounts.audit import audit
from accounts.audit.audit import OPERATOR
from accounts.models import AuditEntry, HeldDeparture, User
from accounts.users.locking import describe_changes, locked, locked_users, locked_with_account, save, values
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def rename(user: User, first_name: str) -> None:
    before = values(user)
    user.first_name = first_name
    save(user, before, audit.entry(OPERATOR, "user.updated", user, describe_changes(user, before)))


def test_a_change_is_written_with_its_audit_entry_and_a_new_version(cast: Cast) -> None:
    with locked(cast.bob.pk, cast.acme) as bob:
        before = bob.first_name
        rename(bob, "Robert")
    stored = User.objects.get(pk=cast.bob.pk)
    assert (stored.first_name, stored.version) == ("Robert", cast.bob.version + 1)
    assert AuditEntry.objects.latest("at").changes == {"first_name": [before, "Robert"]}


def test_what_is_computed_from_a_field_is_written_too(cast: Cast) -> None:
    with locked(cast.bob.pk, cast.acme) as bob:
        rename(bob, "Zebulon")
    assert "zebulon" in User.objects.get(pk=cast.bob.pk).search_key


def test_an_error_in_the_block_undoes_the_change(cast: Cast) -> None:
    with pytest.raises(RuntimeError), locked(cast.bob.pk, cast.acme) as bob:
        rename(bob, "Robert")
        raise RuntimeError
    assert User.objects.get(pk=cast.bob.pk).first_name == cast.bob.first_name
    assert not AuditEntry.objects.filter(action="user.updated").exists()


def test_the_user_comes_with_account_role_and_what_is_held(cast: Cast) -> None:
    HeldDeparture.objects.create(account=cast.acme, user=cast.alice, asked_by="Okta")
    with locked_with_account(cast.alice.pk, cast.acme) as alice:
        assert (alice.account_role.name, alice.held_departure.asked_by) == ("Account Admin", "Okta")


def test_a_user_of_another_account_is_not_found(cast: Cast) -> None:
    with pytest.raises(User.DoesNotExist), locked(cast.charlie.pk, cast.acme):
        pass


def test_of_several_users_those_without_access_are_left_out(cast: Cast) -> None:
    User.objects.filter(pk=cast.bob.pk).update(state="deprovisioned")
    keys = [cast.alice.pk, cast.bob.pk, cast.petra.pk, cast.charlie.pk]
    assert {user.pk for user in locked_users(keys, cast.acme)} == {cast.alice.pk, cast.petra.pk}

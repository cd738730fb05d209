"""Statements written once for each model: what they write and read is what the ORM would."""

import pytest

from accounts.models import Account, User
from common.db import statements
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def test_a_row_is_read_as_the_orm_reads_it(cast: Cast) -> None:
    names = statements.every_field(User)
    read = statements.select_one(User, names, id=cast.bob.pk, account=cast.acme.pk)
    stored = User.objects.get(pk=cast.bob.pk)
    assert read is not None
    assert {name: getattr(read, name) for name in names} == {name: getattr(stored, name) for name in names}


def test_a_row_of_another_account_is_not_read(cast: Cast) -> None:
    assert statements.select_one(User, ("id",), id=cast.charlie.pk, account=cast.acme.pk) is None


def test_fields_are_written_and_others_stay(cast: Cast) -> None:
    user = User.objects.get(pk=cast.bob.pk)
    user.first_name, user.last_name = "Robert", "Unwritten"
    statements.write(statements.updating(user, ["first_name"]))
    stored = User.objects.get(pk=cast.bob.pk)
    assert (stored.first_name, stored.last_name) == ("Robert", cast.bob.last_name)


def test_a_field_that_was_not_read_is_fetched_when_it_is_asked_for(cast: Cast) -> None:
    read = statements.select_one(Account, ("id",), id=cast.acme.pk)
    assert read is not None
    assert read.name == "Acme"

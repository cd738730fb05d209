"""PostgreSQL itself refuses a row that points into another account; SQLite cannot, there the services stand alone."""

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from accounts.models import AccountOwned
from common.db.same_account import constraint_name
from spaces.models import Space, SpaceMembership, SpaceRole
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
OWNED = [model for model in apps.get_models() if issubclass(model, AccountOwned)]


@pytest.mark.parametrize("model", OWNED, ids=lambda model: model.__name__)
def test_every_relation_inside_an_account_is_kept_inside_it(model: type[AccountOwned]) -> None:
    related = [f for f in model._meta.fields if f.is_relation and issubclass(f.related_model, AccountOwned)]
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, model._meta.db_table)
    assert {constraint_name(field) for field in related} <= set(found)


def test_a_row_that_points_into_another_account_is_refused(cast: Cast) -> None:
    theirs = Space.objects.get(account=cast.globex, name="QA")
    role = SpaceRole.objects.filter(account=cast.acme).first()
    with pytest.raises(IntegrityError), transaction.atomic():
        SpaceMembership.objects.create(account=cast.acme, user=cast.bob, space=theirs, role=role, origin="manual")
        connection.check_constraints()

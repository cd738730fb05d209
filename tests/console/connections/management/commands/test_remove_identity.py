import pytest
from django.core.management import CommandError

from tests.support.cast import Cast
from tests.support.commands import run
from tests.support.factories import known_at, oidc_connection, saml_connection

pytestmark = pytest.mark.django_db


def test_all_identities_of_a_person_are_removed(cast: Cast) -> None:
    for connection in (saml_connection(cast.acme), oidc_connection(cast.acme)):
        known_at(connection, cast.bob)
    found = run("remove_identity", "Acme", "bob@acme.example")
    assert found == {"user": str(cast.bob.pk), "email": "bob@acme.example", "removed": 2, "sessions_ended": 0}


def test_or_those_of_one_connection(cast: Cast) -> None:
    known_at(saml_connection(cast.acme, name="Okta"), cast.bob)
    kept = known_at(oidc_connection(cast.acme), cast.bob)
    assert run("remove_identity", "Acme", "bob@acme.example", "--connection", "Okta")["removed"] == 1
    assert list(cast.bob.identities.all()) == [kept]


def test_a_connection_of_another_account_is_refused(cast: Cast) -> None:
    saml_connection(cast.globex, name="Globex Okta")
    with pytest.raises(CommandError, match="Account 'Acme' has no connection"):
        run("remove_identity", "Acme", "bob@acme.example", "--connection", "Globex Okta")

"""Several people may have one externalId (Entra maps it to the mail nickname): a login finds none of them by it."""

import pytest

from accounts.models import Connection, User
from accounts.provisioning import provisioning
from accounts.provisioning.provisioning import UserRecord
from accounts.sso.login.complete import complete_login
from tests.conftest import LogIn
from tests.support.cast import Cast
from tests.support.factories import claims, saml_connection
from tests.support.partnership import Partnership, provisioning_of

pytestmark = pytest.mark.django_db


def announce(cast: Cast, connection: Connection, name: str) -> User:
    record = UserRecord(name, external_id="bo", emails=(name,))
    return provisioning.provision(cast.acme, record, acting=provisioning_of(connection))


@pytest.fixture
def entra(cast: Cast) -> Connection:
    return saml_connection(cast.acme)


def sent(entra: Connection, email: str) -> dict[str, object]:
    return {"subject": "s", "external_ids": ("bo",), "email": email, "user_names": (email,)}


def test_a_login_joins_by_name_where_two_have_its_external_id(cast: Cast, log_in: LogIn, entra: Connection) -> None:
    announce(cast, entra, "bo.ek@acme.example")
    other = announce(cast, entra, "bo.oh@acme.example")
    assert log_in(claims(entra, **sent(entra, "bo.oh@acme.example")), entra).user.pk == other.pk


def test_nobody_is_taken_over_by_an_external_id_that_two_have(cast: Cast, log_in: LogIn, entra: Connection) -> None:
    both = {announce(cast, entra, f"bo.{name}@acme.example").pk for name in ("ek", "oh")}
    came = log_in(claims(entra, **sent(entra, "mallory@elsewhere.example")), entra).user
    assert came.pk not in both
    assert {user.state for user in User.objects.filter(pk__in=both)} == {"pending"}


def test_nor_where_one_of_the_two_has_signed_in(cast: Cast, log_in: LogIn, entra: Connection) -> None:
    announce(cast, entra, "bo.ek@acme.example")
    log_in(claims(entra, subject="ek", email="bo.ek@acme.example"), entra)
    waiting = announce(cast, entra, "bo.oh@acme.example")
    assert log_in(claims(entra, **sent(entra, "x@elsewhere.example")), entra).user.pk != waiting.pk


def test_the_login_record_says_so(cast: Cast, entra: Connection) -> None:
    for name in ("ek", "oh", "ax", "by"):
        announce(cast, entra, f"bo.{name}@acme.example")
    outcome = complete_login(claims(entra, **sent(entra, "bo.oh@acme.example")), entra)
    assert "Several users have the external ID 'bo', so it was not used." in str(outcome.record.decisions)


def test_somebody_of_another_connection_does_not_count(cast: Cast, log_in: LogIn, partnership: Partnership) -> None:
    announce(cast, partnership.company, "bo.ek@acme.example")
    record = UserRecord("bo.p", external_id="bo", emails=("bo@partner.example",))
    own = provisioning.provision(cast.acme, record, acting=provisioning_of(partnership.partner))
    arriving = claims(partnership.partner, subject="s", external_ids=("bo",), email="bo@partner.example")
    assert log_in(arriving, partnership.partner).user.pk == own.pk

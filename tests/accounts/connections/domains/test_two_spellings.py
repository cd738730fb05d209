"""Unicode and Punycode spellings of an e-mail domain are one wherever people are matched, found or created."""

import pytest
from django.test import Client

from accounts.audit.audit import OPERATOR
from accounts.connections import connections
from accounts.connections.scope import foreign_domain
from accounts.errors import ActionRefused
from accounts.models import Connection, User
from accounts.users import users
from console.shared.searching import users_like
from tests.accounts.api.programs import try_login
from tests.conftest import LogIn
from tests.scim.client import ScimClient
from tests.scim.conftest import service_token
from tests.support.cast import PASSWORD, Cast
from tests.support.factories import claims, saml_connection

pytestmark = pytest.mark.django_db
SPELLINGS = [
    "Petra@bücher.example",
    "petra@BÜCHER.example",
    "petra@xn--bcher-kva.example",
    "petra@XN--BCHER-KVA.example",
]


@pytest.fixture
def books(cast: Cast) -> Connection:
    connections.claim_verified_domain(cast.acme, "bücher.example", acting=OPERATOR)
    return saml_connection(cast.acme)


def pending(cast: Cast, email: str) -> User:
    return users.provision_pending(cast.acme, email, acting=OPERATOR)


@pytest.mark.parametrize("here", SPELLINGS[::3])
@pytest.mark.parametrize("sent", SPELLINGS)
def test_a_login_finds_the_person_and_shows_the_spelling_that_was_sent(
    cast: Cast, log_in: LogIn, books: Connection, here: str, sent: str
) -> None:
    person = pending(cast, here)
    assert log_in(claims(books, email=sent), books).user.pk == person.pk
    assert User.objects.get(pk=person.pk).email == sent


def test_a_login_of_a_domain_that_another_connection_has_is_refused_in_either_spelling(
    cast: Cast, books: Connection
) -> None:
    other = Connection.objects.create(account=cast.acme, name="Partner", vendor="okta", protocol="saml")
    for sent in SPELLINGS:
        found = foreign_domain(cast.acme.pk, other.pk, [sent])
        assert found is not None
        assert found.domain == "xn--bcher-kva.example"


@pytest.mark.parametrize("email", SPELLINGS)
def test_nobody_is_there_twice(cast: Cast, email: str) -> None:
    pending(cast, SPELLINGS[0])
    with pytest.raises(ActionRefused, match="exists"):
        users.create_password_user(cast.acme, email, PASSWORD, acting=OPERATOR)


@pytest.mark.parametrize("typed", SPELLINGS)
def test_a_password_login_takes_either(cast: Cast, client: Client, typed: str) -> None:
    users.create_password_user(cast.acme, SPELLINGS[0], PASSWORD, acting=OPERATOR)
    answer = client.post("/login", {"email": typed, "password": PASSWORD})
    assert answer.status_code == 302
    assert try_login(typed).status == 200


@pytest.mark.parametrize("typed", SPELLINGS)
def test_the_sign_in_page_leads_either_to_the_connection(client: Client, books: Connection, typed: str) -> None:
    assert str(books.pk) in client.get("/login/sso", {"email": typed}).headers["Refresh"]


@pytest.mark.parametrize("typed", SPELLINGS)
def test_scim_filters_find_either(cast: Cast, typed: str) -> None:
    okta = ScimClient(service_token(cast.acme))
    okta.create(SPELLINGS[0], emails=[{"value": SPELLINGS[0], "primary": True}])
    for wanted in (f'userName eq "{typed}"', f'emails.value eq "{typed}"', f'userName ew "{typed[5:]}"'):
        found = okta.find(wanted).body["Resources"]
        assert [user["userName"] for user in found] == [SPELLINGS[0]], wanted
    assert okta.create(typed, emails=[{"value": typed, "primary": True}]).status == 409


@pytest.mark.parametrize("typed", ["bücher", "petra@büch", "xn--bcher", "PETRA"])
def test_a_search_finds_either(cast: Cast, typed: str) -> None:
    person = pending(cast, "petra@bücher.example")
    assert person in User.objects.filter(users_like(typed))

"""Acme and Globex as the pages need them. No identity provider is asked for anything here."""

import pytest
from django.test import Client

from accounts.audit.audit import OPERATOR
from accounts.connections import connections
from accounts.models import Account, Connection, User
from accounts.permissions import ACCOUNT_ADMIN
from accounts.users import users
from spaces.tenancy import open_account
from tests.support.cast import PASSWORD, Cast


@pytest.fixture
def acme(db: None) -> Account:
    return open_account("Acme", acting=OPERATOR)[0]


@pytest.fixture
def globex(db: None) -> Account:
    return open_account("Globex", acting=OPERATOR)[0]


@pytest.fixture
def alice(acme: Account) -> User:
    role = users.role_named(acme, ACCOUNT_ADMIN)
    return users.create_password_user(
        acme, "alice@acme.example", PASSWORD, acting=OPERATOR, first_name="Alice", account_role=role
    )


@pytest.fixture
def bob(acme: Account) -> User:
    return users.create_from_login(acme, "bob@acme.example", acting=OPERATOR)


@pytest.fixture
def entra(acme: Account) -> Connection:
    return live_connection(acme, "Acme Entra", "acme.example")


@pytest.fixture
def as_alice(alice: User) -> Client:
    browser = Client()
    browser.force_login(alice, "accounts.authentication.AccountBackend")
    return browser


def live_connection(account: Account, name: str, *domains: str, **settings: str) -> Connection:
    oidc = {"vendor": "entra", "protocol": "oidc", "issuer": "https://idp.example", "client_id": "torque"}
    connection = connections.create_connection(
        account, acting=OPERATOR, settings={"name": name, **oidc, **settings}, domains=domains
    )
    connections.enable(connection, acting=OPERATOR)
    return connection


@pytest.fixture
def as_alice_of(cast: Cast) -> Client:
    """Alice of the cast, signed in."""
    browser = Client()
    browser.force_login(cast.alice, "accounts.authentication.AccountBackend")
    return browser

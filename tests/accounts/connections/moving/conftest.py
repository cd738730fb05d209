import pytest

from accounts.audit.audit import person
from accounts.sso.login.complete import complete_login
from tests.accounts.connections.moving.company import Company
from tests.support.cast import Cast
from tests.support.factories import claims, oidc_connection, saml_connection


@pytest.fixture
def company(cast: Cast) -> Company:
    okta, entra = saml_connection(cast.acme, name="Okta"), oidc_connection(cast.acme, name="Entra")
    dana = complete_login(claims(okta), okta).user
    return Company(okta, entra, dana, person(cast.alice))

"""Two connections of Acme, one of each protocol, and one of Globex."""

import pytest
from django.test import Client

from accounts.models import Connection
from tests.support.cast import Cast
from tests.support.factories import oidc_connection, saml_connection
from tests.support.holders import browser_of
from tests.support.saml_keys import key_pair


@pytest.fixture
def as_alice(cast: Cast) -> Client:
    return browser_of(cast.alice)


@pytest.fixture
def okta(cast: Cast) -> Connection:
    """Live, SAML, with a certificate of theirs and one of ours."""
    ours = {"sp_private_key": key_pair("sp").private_pem, "sp_certificate": key_pair("sp").certificate}
    return saml_connection(cast.acme, name="Okta", idp_certificates=key_pair("idp").certificate, **ours)


@pytest.fixture
def azure(cast: Cast) -> Connection:
    """Live, OpenID Connect."""
    return oidc_connection(cast.acme, name="Azure")


@pytest.fixture
def theirs(cast: Cast) -> Connection:
    """Of Globex: Alice sees nothing of it."""
    return saml_connection(cast.globex, name="Secret Globex", idp_certificates=key_pair("idp").certificate)

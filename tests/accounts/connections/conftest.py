"""Acme's live connection, and somebody who may manage it but is no account admin."""

import pytest

from accounts.audit.audit import Actor
from accounts.models import Connection
from tests.support.cast import Cast
from tests.support.factories import saml_connection
from tests.support.holders import sso_manager
from tests.support.saml_keys import key_pair


@pytest.fixture
def okta(cast: Cast) -> Connection:
    return saml_connection(cast.acme, name="Okta", idp_certificates=key_pair("idp").certificate)


@pytest.fixture
def mallory(cast: Cast) -> Actor:
    return sso_manager(cast.acme)

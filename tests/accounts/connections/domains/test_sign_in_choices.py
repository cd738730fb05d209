"""Which connections an e-mail address leads to, before anybody is signed in."""

import pytest

from accounts.audit.audit import OPERATOR
from accounts.connections.domains.sign_in_choices import (
    domain_of,
    live_connections_for_email,
    single_tenant_connections,
)
from spaces.tenancy import open_account
from tests.support.cast import Cast
from tests.support.factories import saml_connection


@pytest.mark.parametrize(
    ("email", "domain"),
    [
        ("Bob@ACME.example", "acme.example"),
        ("bob", ""),
        ("bob@gmail.com", ""),
        ("bob@b\u00fccher.example", "xn--bcher-kva.example"),
    ],
)
def test_the_domain_is_spelled_as_it_is_kept(email: str, domain: str) -> None:
    assert domain_of(email) == domain


@pytest.mark.django_db
def test_live_connections_of_the_verified_domain_are_listed_by_name(cast: Cast) -> None:
    for name, state in (("B", "live"), ("A", "live"), ("C", "disabled")):
        saml_connection(cast.acme, name=name, state=state)
    assert [str(one) for one in live_connections_for_email("nobody@acme.example")] == ["A", "B"]
    assert live_connections_for_email("nobody@unknown.example") == []


@pytest.mark.django_db
def test_connections_are_offered_to_everybody_only_where_there_is_one_account() -> None:
    saml_connection(open_account("Acme", acting=OPERATOR)[0], name="Okta")
    assert [str(one) for one in single_tenant_connections()] == ["Okta"]
    open_account("Globex", acting=OPERATOR)
    assert single_tenant_connections() == []

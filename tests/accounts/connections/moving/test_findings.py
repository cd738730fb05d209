"""Who links in a move, who does not, and why."""

import pytest

from accounts.connections.moving import moves
from accounts.connections.moving.findings import Finding, counts_of
from accounts.models import Group
from accounts.permissions import ACCOUNT_ADMIN
from accounts.users import users
from tests.accounts.connections.moving.company import Company, finding_of, known, one_of_two
from tests.support.cast import Cast
from tests.support.factories import known_at, put_in, saml_connection

pytestmark = pytest.mark.django_db


WHY = {
    Finding.LINKS: lambda cast, company: company.dana,
    Finding.LINKED: lambda cast, company: known_at(company.entra, company.dana).user,
    Finding.DEPROVISIONED: lambda cast, company: known(cast, company, "x@acme.example", state="deprovisioned"),
    Finding.NO_EMAIL: lambda cast, company: known(
        cast, company, "x@acme.example", email="", email_key="", user_name_key="x", origin="scim"
    ),
    Finding.NO_DOMAIN: lambda cast, company: known(cast, company, "x@elsewhere.example"),
    Finding.TWO_MATCH: one_of_two,
    Finding.PRIVILEGED: lambda cast, company: known_at(company.okta, cast.alice).user,
}


@pytest.mark.parametrize("finding", list(Finding))
def test_the_preview_says_who_links_and_who_does_not_and_why(cast: Cast, company: Company, finding: Finding) -> None:
    user = WHY[finding](cast, company)
    assert finding_of(company, user, includes_privileged=False) == finding


def test_the_preview_knows_permissions_that_a_group_gives(cast: Cast, company: Company) -> None:
    group = Group.objects.create(
        account=cast.acme, name="Admins", account_role=users.role_named(cast.acme, ACCOUNT_ADMIN)
    )
    put_in(company.dana, group)
    assert finding_of(company, company.dana, includes_privileged=False) == Finding.PRIVILEGED
    assert finding_of(company, company.dana) == Finding.LINKS


@pytest.mark.parametrize("of_domain", ["acme.example.evil.example", "notacme.example", "x.acme.example"])
def test_a_domain_that_looks_alike_is_not_verified(cast: Cast, company: Company, of_domain: str) -> None:
    assert finding_of(company, known(cast, company, f"x@{of_domain}")) == Finding.NO_DOMAIN


def test_nobody_of_another_account_is_in_it(cast: Cast, company: Company) -> None:
    known_at(saml_connection(cast.globex), cast.charlie)
    assert counts_of(moves.open_or_planned(company.okta, company.entra)) == {Finding.LINKS: 1}

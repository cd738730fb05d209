"""A verified domain with its subdomains: whose addresses are whose, at each place where a domain decides."""

import pytest

from accounts.audit.audit import OPERATOR, person
from accounts.connections import connections
from accounts.connections.domains import domains
from accounts.connections.domains.owners import levels, owners_of
from accounts.connections.domains.sign_in_choices import live_connections_for_email
from accounts.connections.scope import foreign_domain
from accounts.connections.settings_digest import digest_of
from accounts.errors import ActionRefused
from accounts.models import Account, AuditEntry, Connection, ConnectionDomain, EmailDomain, User
from accounts.rights import PermissionsExceeded
from accounts.sso.refusal import LoginRefused
from accounts.users import users
from tests.conftest import LogIn
from tests.support.cast import Cast
from tests.support.factories import claims, saml_connection

pytestmark = pytest.mark.django_db


def apex(cast: Cast) -> EmailDomain:
    return EmailDomain.objects.get(account=cast.acme, domain="acme.example")


@pytest.fixture
def okta(cast: Cast) -> Connection:
    """For acme.example and all below it."""
    found = saml_connection(cast.acme, name="Okta")
    domains.include_subdomains(apex(cast), True, acting=OPERATOR)
    return found


def attached(account: Account, name: str, domain: str) -> Connection:
    row = connections.claim_verified_domain(account, domain, acting=OPERATOR)
    connection = saml_connection(account, name=name)
    ConnectionDomain.objects.filter(connection=connection).exclude(domain=row).delete()
    return connection


@pytest.mark.parametrize(
    "email", ["a@acme.example", "a@mail.acme.example", "a@x.y.ACME.example", "a@büro.acme.example"]
)
def test_the_sign_in_page_leads_people_of_sub_domains_there(okta: Connection, email: str) -> None:
    assert live_connections_for_email(email) == [okta]


@pytest.mark.parametrize("email", ["a@evilacme.example", "a@example", "a@acme.example.evil.example", "acme.example"])
def test_a_domain_that_only_ends_alike_is_no_sub_domain(okta: Connection, email: str) -> None:
    assert live_connections_for_email(email) == []


def test_without_the_tick_a_sub_domain_is_nobodys(cast: Cast, okta: Connection) -> None:
    domains.include_subdomains(apex(cast), False, acting=OPERATOR)
    assert live_connections_for_email("a@mail.acme.example") == []


def test_a_sub_domain_of_another_account_is_theirs(cast: Cast, okta: Connection) -> None:
    theirs = attached(cast.globex, "Theirs", "lab.acme.example")
    assert live_connections_for_email("a@lab.acme.example") == [theirs]
    assert live_connections_for_email("a@x.lab.acme.example") == []
    assert live_connections_for_email("a@mail.acme.example") == [okta]


def test_a_sub_domain_that_another_account_verified_for_no_connection_is_theirs_too(
    cast: Cast, okta: Connection, log_in: LogIn
) -> None:
    connections.claim_verified_domain(cast.globex, "lab.acme.example", acting=OPERATOR)
    assert live_connections_for_email("a@lab.acme.example") == []


def test_a_longer_domain_of_another_connection_wins(cast: Cast, okta: Connection) -> None:
    lab = attached(cast.acme, "Lab", "lab.acme.example")
    assert live_connections_for_email("a@lab.acme.example") == [lab]
    found = foreign_domain(cast.acme.pk, okta.pk, ["a@lab.acme.example"])
    assert found is not None
    assert (found.domain, found.connections) == ("lab.acme.example", ("Lab",))


def test_addresses_of_a_sub_domain_are_foreign_to_other_connections(cast: Cast, okta: Connection) -> None:
    lab = attached(cast.acme, "Lab", "lab.example")
    assert foreign_domain(cast.acme.pk, lab.pk, ["a@mail.acme.example"]) is not None
    assert foreign_domain(cast.acme.pk, okta.pk, ["a@mail.acme.example"]) is None


def test_a_login_finds_a_pending_person_of_a_sub_domain(cast: Cast, okta: Connection, log_in: LogIn) -> None:
    dana = users.provision_pending(cast.acme, "dana@mail.acme.example", acting=OPERATOR)
    assert log_in(claims(okta, email="dana@mail.acme.example"), okta).user.pk == dana.pk


def test_a_login_does_not_find_one_of_a_sub_domain_that_is_anothers(
    cast: Cast, okta: Connection, log_in: LogIn
) -> None:
    connections.claim_verified_domain(cast.globex, "mail.acme.example", acting=OPERATOR)
    users.provision_pending(cast.acme, "dana@mail.acme.example", acting=OPERATOR)
    with pytest.raises(LoginRefused) as caught:
        log_in(claims(okta, email="dana@mail.acme.example"), okta)
    assert caught.value.code == "email-not-proved"
    assert User.objects.get(email="dana@mail.acme.example").state == "pending"


def test_owners_cost_one_query(okta: Connection, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert set(owners_of(["a.acme.example", "b.acme.example", "x.example"])) == {"a.acme.example", "b.acme.example"}


def test_levels_end_above_the_top() -> None:
    assert levels("a.b.example") == ["a.b.example", "b.example"]


def test_including_them_is_for_an_account_admin_and_audited(cast: Cast) -> None:
    with pytest.raises(PermissionsExceeded):
        domains.include_subdomains(apex(cast), True, acting=person(cast.bob))
    domains.include_subdomains(apex(cast), True, acting=person(cast.alice))
    entry = AuditEntry.objects.get(action="domain.subdomains-changed")
    assert entry.changes == {"with_subdomains": [False, True]}


@pytest.mark.parametrize("suffix", ["co.uk", "com.au", "ac.jp", "org.br"])
def test_a_suffix_that_many_share_cannot_include_them(cast: Cast, suffix: str) -> None:
    row = connections.claim_verified_domain(cast.acme, suffix, acting=OPERATOR)
    with pytest.raises(ActionRefused, match="Many organizations have domains under"):
        domains.include_subdomains(row, True, acting=OPERATOR)


def test_a_domain_that_is_not_verified_cannot_include_them(cast: Cast) -> None:
    row = EmailDomain.objects.create(account=cast.acme, domain="wish.example")
    with pytest.raises(ActionRefused, match="is not verified"):
        domains.include_subdomains(row, True, acting=OPERATOR)


def test_a_test_of_before_does_not_count_any_more(cast: Cast, okta: Connection) -> None:
    before = digest_of(okta)
    domains.include_subdomains(apex(cast), False, acting=OPERATOR)
    assert digest_of(okta) != before

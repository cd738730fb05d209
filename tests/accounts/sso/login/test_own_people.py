"""A connection's logins find its own people only: by what its provisioning stored, and in its own e-mail domains."""

from typing import Any

import pytest

from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import end_access
from accounts.models import Connection, User
from accounts.models.identity import ConnectionState
from accounts.permissions import ACCOUNT_ADMIN
from accounts.provisioning import provisioning
from accounts.provisioning.provisioning import UserRecord
from accounts.sso.login.preview import preview_login
from accounts.sso.refusal import LoginRefused
from accounts.users import users
from tests.conftest import LogIn
from tests.support.cast import Cast
from tests.support.factories import claims, saml_connection
from tests.support.partnership import Partnership, provisioning_of

pytestmark = pytest.mark.django_db
BOSS = UserRecord("the.boss", external_id="00u1boss", emails=("boss@elsewhere.example",))


def announce(cast: Cast, connection: Connection | None, **options: Any) -> User:
    """A pending Account Admin whom provisioning of this connection announced, with an e-mail of no domain of ours."""
    boss = provisioning.provision(cast.acme, BOSS, acting=provisioning_of(connection, **options))
    users.set_account_role(boss, users.role_named(cast.acme, ACCOUNT_ADMIN), acting=OPERATOR)
    return boss


BY_EXTERNAL_ID = {"subject": "00u1boss", "external_ids": ("00u1boss",), "email": "x@partner.example"}
BY_PLAIN_NAME = {"subject": "s", "user_names": ("The.Boss",), "email": "x@partner.example"}
WAYS = [BY_EXTERNAL_ID, BY_PLAIN_NAME]


@pytest.mark.parametrize("sent", WAYS, ids=["external id", "plain name"])
def test_a_partner_is_somebody_new_although_the_company_announced_such_a_person(
    cast: Cast, log_in: LogIn, partnership: Partnership, sent: dict[str, Any]
) -> None:
    boss = announce(cast, partnership.company)
    came = log_in(claims(partnership.partner, **sent), partnership.partner).user
    assert (came.email, came.account_role.name) == ("x@partner.example", "Account Member")
    assert User.objects.get(pk=boss.pk).state == "pending"


@pytest.mark.parametrize("sent", WAYS, ids=["external id", "plain name"])
def test_the_company_finds_the_person_it_announced(
    cast: Cast, log_in: LogIn, partnership: Partnership, sent: dict[str, Any]
) -> None:
    boss = announce(cast, partnership.company)
    arriving = claims(partnership.company, **{**sent, "email": "boss@elsewhere.example"})
    assert log_in(arriving, partnership.company).user.pk == boss.pk


@pytest.mark.parametrize("sent", WAYS, ids=["external id", "plain name"])
def test_whom_a_token_without_connection_announced_is_found_by_none_of_several(
    cast: Cast, log_in: LogIn, partnership: Partnership, sent: dict[str, Any]
) -> None:
    boss = announce(cast, None)
    for connection in (partnership.company, partnership.partner):
        came = log_in(claims(connection, **{**sent, "email": f"{connection.name}@nobody.example"}), connection).user
        assert came.pk != boss.pk


def test_but_by_a_verified_email(cast: Cast, log_in: LogIn, partnership: Partnership) -> None:
    record = UserRecord("ann@acme.example", external_id="00u1ann")
    ann = provisioning.provision(cast.acme, record, acting=provisioning_of(None))
    arriving = claims(partnership.company, email="ann@acme.example", external_ids=("00u1ann",))
    assert log_in(arriving, partnership.company).user.pk == ann.pk


@pytest.mark.parametrize("sent", WAYS, ids=["external id", "plain name"])
def test_an_account_with_one_connection_needs_no_choice(cast: Cast, log_in: LogIn, sent: dict[str, Any]) -> None:
    boss, only = announce(cast, None), saml_connection(cast.acme)
    saml_connection(cast.acme, state=ConnectionState.DRAFT)
    assert log_in(claims(only, **{**sent, "email": "boss@elsewhere.example"}), only).user.pk == boss.pk


def test_a_disabled_connection_is_still_another(cast: Cast, log_in: LogIn, partnership: Partnership) -> None:
    boss = announce(cast, None)
    Connection.objects.filter(pk=partnership.company.pk).update(state=ConnectionState.DISABLED)
    assert log_in(claims(partnership.partner, **BY_EXTERNAL_ID), partnership.partner).user.pk != boss.pk


def test_a_restored_person_is_found_by_nobody_elses_login(cast: Cast, log_in: LogIn, partnership: Partnership) -> None:
    boss = announce(cast, partnership.company)
    users.create_password_user(
        cast.acme, "second@acme.example", None, acting=OPERATOR, account_role=users.role_named(cast.acme, ACCOUNT_ADMIN)
    )
    end_access.deprovision(boss.pk, cast.acme, acting=OPERATOR)
    end_access.restore(boss.pk, cast.acme, acting=OPERATOR)
    assert log_in(claims(partnership.partner, **BY_EXTERNAL_ID), partnership.partner).user.pk != boss.pk


def test_a_company_address_makes_nobody_new_through_the_partner(
    cast: Cast, log_in: LogIn, partnership: Partnership
) -> None:
    with pytest.raises(LoginRefused) as refused:
        log_in(claims(partnership.partner, email="ceo@acme.example"), partnership.partner)
    assert refused.value.code == "domain-of-another-connection"
    assert "'ceo@acme.example' of the domain 'acme.example', which belongs to connection 'Company'" in str(
        refused.value
    )
    assert not User.objects.filter(email="ceo@acme.example").exists()


def test_a_company_address_of_somebody_here_is_refused_with_the_same_words(
    log_in: LogIn, partnership: Partnership
) -> None:
    with pytest.raises(LoginRefused) as refused:
        log_in(claims(partnership.partner, email="petra@acme.example"), partnership.partner)
    assert refused.value.code == "domain-of-another-connection"


def test_an_email_does_not_follow_into_the_companys_domain(log_in: LogIn, partnership: Partnership) -> None:
    partner = partnership.partner
    log_in(claims(partner, email="pat@partner.example"), partner)
    done = log_in(claims(partner, email="ceo@acme.example"), partner)
    assert done.user.email == "pat@partner.example"
    assert (
        "E-mail 'ceo@acme.example' has the domain 'acme.example', which belongs to connection 'Company':"
        " 'pat@partner.example' stays."
    ) in done.record.decisions


def test_an_email_of_no_connections_domain_follows(log_in: LogIn, partnership: Partnership) -> None:
    partner = partnership.partner
    log_in(claims(partner, email="pat@partner.example"), partner)
    assert log_in(claims(partner, email="pat@nobody.example"), partner).user.email == "pat@nobody.example"


def test_the_preview_says_the_same(partnership: Partnership) -> None:
    found = preview_login(partnership.partner, {"NameID": "s", "email": "ceo@acme.example"})
    assert found.outcome == "refused"
    assert found.decisions[0].startswith("domain-of-another-connection: Expected")

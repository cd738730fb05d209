"""Which user a verified login is."""

import pytest

from accounts.audit.audit import OPERATOR
from accounts.models import ExternalIdentity, User
from accounts.sso.refusal import LoginRefused
from accounts.users import users
from tests.conftest import LogIn
from tests.support.cast import Cast
from tests.support.enforcing import enforce
from tests.support.factories import claims, oidc_connection, saml_connection

pytestmark = pytest.mark.django_db


def test_a_pending_user_is_found_by_the_external_id_that_provisioning_stored(cast: Cast, log_in: LogIn) -> None:
    User.objects.filter(pk=cast.petra.pk).update(external_id="00u1petra")
    okta = saml_connection(cast.acme)
    arriving = claims(okta, email="p.novak@acme.example", external_ids=("00u1petra",))
    assert log_in(arriving, okta).user.pk == cast.petra.pk


def test_a_pending_user_is_found_by_user_name(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme)
    arriving = claims(okta, email="p.novak@acme.example", user_names=("PETRA@acme.example",))
    assert log_in(arriving, okta).user.pk == cast.petra.pk


def test_two_users_matching_one_login_refuse_it_and_name_both(cast: Cast, log_in: LogIn) -> None:
    users.provision_pending(cast.acme, "p.novak@acme.example", acting=OPERATOR)
    okta = saml_connection(cast.acme)
    arriving = claims(okta, email="p.novak@acme.example", user_names=("petra@acme.example",))
    with pytest.raises(LoginRefused) as refused:
        log_in(arriving, okta)
    assert refused.value.code == "two-users-match"
    assert "p.novak@acme.example and petra@acme.example" in refused.value.received


def test_a_password_user_is_not_taken_over_by_email(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme)
    with pytest.raises(LoginRefused) as refused:
        log_in(claims(okta, email="alice@acme.example"), okta)
    assert refused.value.code == "email-taken"
    assert not ExternalIdentity.objects.exists()


def test_a_password_user_who_is_shut_out_is_found_by_email(cast: Cast, log_in: LogIn) -> None:
    enforce(cast)
    okta = cast.acme.connection_set.get()
    assert log_in(claims(okta, email="bob@acme.example"), okta).user == cast.bob


def test_the_admin_who_keeps_a_password_is_not(cast: Cast, log_in: LogIn) -> None:
    enforce(cast)
    okta = cast.acme.connection_set.get()
    with pytest.raises(LoginRefused, match=r"alice@acme\.example"):
        log_in(claims(okta, email="alice@acme.example"), okta)


def test_nor_is_somebody_shut_out_whom_the_idp_knows_by_another_subject(cast: Cast, log_in: LogIn) -> None:
    enforce(cast)
    okta = cast.acme.connection_set.get()
    log_in(claims(okta, email="bob@acme.example", subject="00u1bob"), okta)
    with pytest.raises(LoginRefused):
        log_in(claims(okta, email="bob@acme.example", subject="00u1other"), okta)


def test_an_address_that_was_given_to_somebody_else_does_not_open_the_first_ones_user(
    cast: Cast, log_in: LogIn
) -> None:
    okta = saml_connection(cast.acme)
    log_in(claims(okta, subject="first"), okta)
    with pytest.raises(LoginRefused) as refused:
        log_in(claims(okta, subject="second"), okta)
    assert refused.value.code == "email-taken"


def test_a_second_connection_does_not_find_a_user_of_the_first_by_email(cast: Cast, log_in: LogIn) -> None:
    okta, entra = saml_connection(cast.acme), oidc_connection(cast.acme)
    log_in(claims(okta), okta)
    with pytest.raises(LoginRefused) as refused:
        log_in(claims(entra, subject="other"), entra)
    assert refused.value.code == "email-taken"


def test_a_user_whose_identities_were_removed_is_found_again_by_email(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme)
    dana = log_in(claims(okta), okta).user
    dana.identities.all().delete()
    assert log_in(claims(okta, subject="new"), okta).user.pk == dana.pk


def test_an_email_of_an_unverified_domain_finds_nobody_who_exists(cast: Cast, log_in: LogIn) -> None:
    users.provision_pending(cast.acme, "guest@partner.example", acting=OPERATOR)
    okta = saml_connection(cast.acme)
    with pytest.raises(LoginRefused) as refused:
        log_in(claims(okta, email="guest@partner.example"), okta)
    assert refused.value.code == "email-not-proved"
    assert "Verify the domain 'partner.example'" in refused.value.next_step


def test_a_guest_of_an_unverified_domain_signs_in_as_a_new_user(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme)
    assert log_in(claims(okta, email="guest@partner.example"), okta).user.origin == "sso"


def test_an_unverified_email_finds_nobody_who_exists(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme)
    with pytest.raises(LoginRefused):
        log_in(claims(okta, email="petra@acme.example", email_trusted=False), okta)


def test_a_domain_of_another_connection_finds_nobody_who_exists(cast: Cast, log_in: LogIn) -> None:
    saml_connection(cast.acme)
    partner = saml_connection(cast.acme)
    partner.domains.clear()
    with pytest.raises(LoginRefused):
        log_in(claims(partner, email="petra@acme.example"), partner)


def test_the_same_subject_at_two_connections_is_two_identities(cast: Cast, log_in: LogIn) -> None:
    okta, entra = saml_connection(cast.acme), oidc_connection(cast.acme)
    dana = log_in(claims(okta), okta).user
    other = log_in(claims(entra, email="other@acme.example"), entra).user
    assert dana.pk != other.pk

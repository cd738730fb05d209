"""complete_login: who signs in, as which user, and with which rights."""

import pytest

from accounts.audit.audit import OPERATOR
from accounts.connections.changes import update_connection
from accounts.models import AccountRole, LoginRecord, User
from accounts.models.user import UserState
from accounts.permissions import ACCOUNT_ADMIN
from accounts.sso.refusal import LoginRefused
from accounts.users import users
from spaces.models import SpaceMembership
from spaces.placing import place_user
from spaces.spaces import set_default_placement, space_role_named
from tests.conftest import LogIn
from tests.support.cast import Cast
from tests.support.factories import claims, known_at, oidc_connection, saml_connection

pytestmark = pytest.mark.django_db


def spaces_of(user: User) -> dict[str, tuple[str, str]]:
    own = SpaceMembership.objects.filter(user=user).select_related("space", "role")
    return {membership.space.name: (membership.role.name, membership.origin) for membership in own}


def test_a_first_login_makes_an_active_user_with_profile_and_spaces(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme)
    placed = claims(okta, timezone="Europe/Paris", space_names=("Trial,DevOps",), space_roles=("Space Developer",))
    dana = log_in(placed, okta).user
    assert (dana.state, dana.origin, dana.first_name, dana.timezone) == ("active", "sso", "Dana", "Europe/Paris")
    assert spaces_of(dana) == {"Trial": ("Space Developer", "idp"), "DevOps": ("Space Developer", "idp")}


def test_a_first_login_has_no_usable_password(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme)
    assert not log_in(claims(okta), okta).user.has_usable_password()


def test_an_email_may_be_as_long_as_any(cast: Cast, log_in: LogIn) -> None:
    okta, longest = saml_connection(cast.acme), f"{'d' * 307}@acme.example"
    assert log_in(claims(okta, email=longest), okta).user.email == longest


def test_a_later_login_is_the_same_user_by_subject_even_with_another_email(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme)
    first = log_in(claims(okta), okta).user
    later = log_in(claims(okta, email="dana.diaz@acme.example"), okta).user
    assert later.pk == first.pk
    assert later.email == "dana.diaz@acme.example"


def test_a_pending_user_becomes_active_and_keeps_what_the_admin_gave(cast: Cast, log_in: LogIn) -> None:
    admin_role = space_role_named(cast.acme, "Space Admin")
    place_user(cast.petra, cast.space("QA"), admin_role, acting=OPERATOR)
    place_user(cast.petra, cast.space("Trial"), admin_role, acting=OPERATOR)
    okta = saml_connection(cast.acme)
    arriving = claims(okta, email="Petra@Acme.example", space_names=("Trial,DevOps",), space_roles=("Space Member",))
    petra = log_in(arriving, okta).user
    assert (petra.pk, petra.state) == (cast.petra.pk, UserState.ACTIVE)
    assert spaces_of(petra) == {
        "QA": ("Space Admin", "manual"),
        "Trial": ("Space Admin", "manual"),
        "DevOps": ("Space Member", "idp"),
    }


@pytest.mark.parametrize(
    ("known", "through", "way_out"),
    [
        ([], "with a password", "signs in with the password, then uses “Log in with SSO” in the same browser"),
        (
            ["Okta"],
            "through Okta",
            "the user signs in through Okta, then through Entra in the same browser; or an admin uses",
        ),
        (["Okta", "Ping"], "through Okta and Ping", "starts a move on the page of Entra under “Move users”"),
        (["Entra"], "through Entra", "Entra sends another subject than before"),
        (["Entra", "Okta"], "through Entra and Okta", "an admin uses “Remove identity” on the user's page"),
    ],
)
def test_the_refusal_says_how_the_user_signs_in_and_what_to_do(
    cast: Cast, log_in: LogIn, known: list[str], through: str, way_out: str
) -> None:
    entra = oidc_connection(cast.acme, name="Entra")
    for name in known:
        known_at(entra if name == "Entra" else saml_connection(cast.acme, name=name), cast.bob)
    with pytest.raises(LoginRefused) as refused:
        log_in(claims(entra, subject="other", email="bob@acme.example"), entra)
    assert refused.value.received.endswith(f"This user already signs in {through}")
    assert way_out in refused.value.next_step


def test_a_deprovisioned_user_is_refused_and_nothing_is_written(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme)
    dana = log_in(claims(okta), okta).user
    User.objects.filter(pk=dana.pk).update(state=UserState.DEPROVISIONED)
    with pytest.raises(LoginRefused) as refused:
        log_in(claims(okta, first_name="Changed", space_names=("Trial",)), okta)
    dana.refresh_from_db()
    assert (refused.value.code, dana.first_name, dana.state) == ("deprovisioned", "Dana", "deprovisioned")


def test_a_message_is_used_once(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme)
    log_in(claims(okta, message_id="_once"), okta)
    with pytest.raises(LoginRefused) as refused:
        log_in(claims(okta, message_id="_once"), okta)
    assert refused.value.code == "message-replayed"


def test_a_first_login_without_a_usable_space_gets_the_default(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme)
    set_default_placement(okta, "QA", "Space Developer")
    done = log_in(claims(okta, space_names=("Atlantis",), space_roles=("Space Admin",)), okta)
    assert spaces_of(done.user) == {"QA": ("Space Developer", "default")}
    assert "Space 'Atlantis' does not exist here: ignored together with role 'Space Admin'." in done.record.decisions


def test_an_account_role_is_not_given_unless_the_connection_may_grant_it(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme)
    done = log_in(claims(okta, account_role="Account Admin"), okta)
    assert done.user.account_role.name == "Account Member"
    assert any("may not grant" in sentence for sentence in done.record.decisions)


def test_an_account_role_that_the_connection_may_grant_is_given(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme)
    admin = users.role_named(cast.acme, ACCOUNT_ADMIN)
    update_connection(okta, {}, grantable_account_roles=[admin], acting=OPERATOR)
    okta.refresh_from_db()
    assert log_in(claims(okta, account_role="Account Admin"), okta).user.account_role.name == "Account Admin"


def test_a_role_that_grew_after_it_was_agreed_to_is_not_given(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme, name="Okta")
    helpdesk = AccountRole.objects.create(account=cast.acme, name="Helpdesk", permissions=["View Audit Log"])
    update_connection(okta, {}, grantable_account_roles=[helpdesk], acting=OPERATOR)
    AccountRole.objects.filter(pk=helpdesk.pk).update(permissions=["Manage Users", "View Audit Log"])
    okta.refresh_from_db()
    done = log_in(claims(okta, account_role="Helpdesk"), okta)
    assert done.user.account_role.name == "Account Member"
    assert (
        "Account role 'Helpdesk' was requested and not given: it gives Manage Users, which no account admin has"
        " allowed for connection 'Okta'. Allow it on the connection's User access page."
    ) in done.record.decisions


def test_who_has_such_a_role_keeps_it(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme, update_policy="everything")
    admin = users.role_named(cast.acme, ACCOUNT_ADMIN)
    okta.grantable_account_roles.add(admin, through_defaults={"account": cast.acme})
    dana = log_in(claims(okta), okta).user
    users.set_account_role(dana, admin, acting=OPERATOR)
    done = log_in(claims(okta, account_role=ACCOUNT_ADMIN), okta)
    assert done.user.account_role == admin
    assert "Account role 'Account Admin' as before." in done.record.decisions


def test_a_login_record_tells_every_decision(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme)
    arriving = claims(okta, space_names=("Trial",), space_roles=("Wizard",))
    record = LoginRecord.objects.get(pk=log_in(arriving, okta).record.pk)
    assert record.outcome == "signed-in"
    assert "Role 'Wizard' is no space role here: 'Space Member' in space 'Trial' instead." in record.decisions
    assert "Added to space 'Trial' as 'Space Member'." in record.decisions

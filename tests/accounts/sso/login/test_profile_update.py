"""What a later login changes, by the connection's update policy (`requirements.md` section 2, K9 to K11)."""

import pytest

from accounts.audit.audit import OPERATOR
from spaces.placing import place_user
from spaces.spaces import space_role_named
from tests.accounts.sso.login.test_complete import spaces_of
from tests.conftest import LogIn
from tests.support.cast import Cast
from tests.support.factories import claims, saml_connection

pytestmark = pytest.mark.django_db
FIRST = {"space_names": ("Trial",), "space_roles": ("Space Member",), "timezone": "UTC"}
LATER = {
    "first_name": "Dana-Maria",
    "space_names": ("Trial,QA",),
    "space_roles": ("Space Admin",),
    "timezone": "Europe/Paris",
}


@pytest.mark.parametrize(
    ("policy", "name", "timezone", "spaces"),
    [
        ("first", "Dana", "UTC", {"Trial": ("Space Member", "idp")}),
        ("contact", "Dana-Maria", "Europe/Paris", {"Trial": ("Space Member", "idp")}),
        (
            "everything",
            "Dana-Maria",
            "Europe/Paris",
            {"Trial": ("Space Admin", "idp"), "QA": ("Space Admin", "idp")},
        ),
    ],
)
def test_a_later_login_follows_the_policy(cast: Cast, log_in: LogIn, policy, name, timezone, spaces) -> None:
    okta = saml_connection(cast.acme, update_policy=policy)
    log_in(claims(okta, **FIRST), okta)
    dana = log_in(claims(okta, **LATER), okta).user
    assert (dana.first_name, dana.timezone, spaces_of(dana)) == (name, timezone, spaces)


def test_everything_keeps_spaces_that_the_login_does_not_name(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme, update_policy="everything")
    log_in(claims(okta, **FIRST), okta)
    dana = log_in(claims(okta, space_names=("QA",)), okta).user
    assert set(spaces_of(dana)) == {"Trial", "QA"}


def test_with_the_second_switch_unnamed_spaces_of_earlier_logins_go_and_manual_ones_stay(
    cast: Cast, log_in: LogIn
) -> None:
    okta = saml_connection(cast.acme, update_policy="everything", remove_unmapped_spaces=True)
    dana = log_in(claims(okta, **FIRST), okta).user
    place_user(dana, cast.space("DevOps"), space_role_named(cast.acme, "Space Admin"), acting=OPERATOR)
    done = log_in(claims(okta, space_names=("QA",)), okta)
    assert set(spaces_of(dana)) == {"DevOps", "QA"}
    assert "Removed from space 'Trial': this login no longer names it." in done.record.decisions


def test_a_later_login_without_a_usable_space_changes_no_space(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme, update_policy="everything", remove_unmapped_spaces=True)
    log_in(claims(okta, **FIRST), okta)
    dana = log_in(claims(okta, space_names=("Atlantis",)), okta).user
    assert spaces_of(dana) == {"Trial": ("Space Member", "idp")}


def test_a_missing_name_does_not_empty_the_stored_one(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme)
    log_in(claims(okta), okta)
    assert log_in(claims(okta, first_name="", last_name=""), okta).user.first_name == "Dana"

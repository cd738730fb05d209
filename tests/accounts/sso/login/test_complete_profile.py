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


def test_an_email_that_changed_to_a_taken_one_is_kept_and_shown(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme)
    log_in(claims(okta), okta)
    done = log_in(claims(okta, email="BOB@acme.example"), okta)
    assert done.user.email == "dana@acme.example"
    assert "E-mail 'BOB@acme.example' belongs to another user of this account: 'dana@acme.example' stays." in (
        done.record.decisions
    )


def test_an_unknown_time_zone_is_refused_in_a_sentence_and_the_old_one_stays(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme)
    log_in(claims(okta, timezone="UTC"), okta)
    done = log_in(claims(okta, timezone="europe/paris"), okta)
    assert done.user.timezone == "UTC"
    assert "Time zone 'europe/paris' is no IANA name such as Europe/Paris: 'UTC' stays." in done.record.decisions


@pytest.mark.parametrize(
    ("sent", "kept", "sentence"),
    [
        ("W. Europe Standard Time", "Europe/Berlin", "'W. Europe Standard Time' is a Windows name: it is read as"),
        ("Europe/Lisbon", "Europe/Lisbon", "Time zone set to 'Europe/Lisbon'"),
        ("America/New York", "UTC", "Send 'America/New_York'"),
        ("+01:00", "UTC", "It is an offset"),
        ("Mars", "UTC", "Time zone 'Mars' is no IANA name such as Europe/Paris: 'UTC' stays."),
    ],
)
def test_a_time_zone_is_read_or_the_sentence_names_what_to_send(
    cast: Cast, log_in: LogIn, sent: str, kept: str, sentence: str
) -> None:
    okta = saml_connection(cast.acme)
    log_in(claims(okta, timezone="UTC"), okta)
    done = log_in(claims(okta, timezone=sent), okta)
    assert done.user.timezone == kept
    assert any(sentence in decision for decision in done.record.decisions)

import pytest
from django.core.management import CommandError
from django.test import Client

from tests.support.cast import Cast
from tests.support.commands import run

pytestmark = pytest.mark.django_db


def test_end_sessions_logs_a_person_out_everywhere(cast: Cast) -> None:
    browsers = Client(), Client()
    for browser in browsers:
        browser.force_login(cast.bob, "accounts.authentication.AccountBackend")
    found = run("end_sessions", "Acme", "Bob@acme.example")
    assert found == {"user": str(cast.bob.id), "email": "bob@acme.example", "ended": 2}
    assert [browser.get("/api/me").status_code for browser in browsers] == [401, 401]


def test_end_sessions_knows_the_people_of_that_account_only(cast: Cast) -> None:
    with pytest.raises(CommandError, match="Account 'Acme' has no user"):
        run("end_sessions", "Acme", "charlie@globex.example")


def test_account_settings_are_shown_when_nothing_is_given(cast: Cast) -> None:
    assert run("account_settings", "Acme") == {
        "account": "Acme",
        "session_idle_minutes": 120,
        "session_absolute_minutes": 720,
        "retention_days": 30,
        "login_retention_days": 90,
    }


def test_account_settings_are_changed_one_by_one(cast: Cast) -> None:
    run("account_settings", "Acme", "--session-idle-minutes", "15")
    found = run("account_settings", "Acme", "--session-absolute-minutes", "60", "--retention-days", "7")
    assert (found["session_idle_minutes"], found["session_absolute_minutes"], found["retention_days"]) == (15, 60, 7)


def test_account_settings_are_changed_all_or_none(cast: Cast) -> None:
    with pytest.raises(CommandError, match="received 99999"):
        run("account_settings", "Acme", "--session-idle-minutes", "15", "--retention-days", "99999")
    assert run("account_settings", "Acme")["session_idle_minutes"] == 120

import pytest

from accounts import account_settings
from accounts.audit.audit import OPERATOR
from accounts.errors import ActionRefused
from accounts.models import Account, AuditEntry
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def lifetimes(account: Account) -> tuple[int, int]:
    account.refresh_from_db()
    return account.session_idle_minutes, account.session_absolute_minutes


def test_lifetimes_are_changed_for_one_account_and_written_down(cast: Cast) -> None:
    assert account_settings.set_session_lifetimes(cast.acme, 30, 480, OPERATOR)
    assert (lifetimes(cast.acme), lifetimes(cast.globex)) == ((30, 480), (120, 720))
    entry = AuditEntry.objects.get(action="account.session-lifetimes-changed")
    assert (entry.account, entry.object_id) == (cast.acme, cast.acme.id)
    assert entry.changes == {"session_idle_minutes": [120, 30], "session_absolute_minutes": [720, 480]}


def test_the_same_lifetimes_again_change_nothing(cast: Cast) -> None:
    assert not account_settings.set_session_lifetimes(cast.acme, 120, 720, OPERATOR)
    assert not AuditEntry.objects.filter(action="account.session-lifetimes-changed").exists()


@pytest.mark.parametrize(
    ("idle", "absolute", "words"),
    [
        (4, 720, "5 to 43200 minutes as the idle"),
        (5, 43_201, "the absolute lifetime"),
        (60, 59, "at most the absolute"),
    ],
)
def test_lifetimes_outside_the_limits_are_refused(cast: Cast, idle: int, absolute: int, words: str) -> None:
    with pytest.raises(ActionRefused, match=words):
        account_settings.set_session_lifetimes(cast.acme, idle, absolute, OPERATOR)
    assert lifetimes(cast.acme) == (120, 720)


def test_the_time_of_keeping_people_is_changed_and_written_down(cast: Cast) -> None:
    assert account_settings.set_retention(cast.acme, 0, OPERATOR)
    assert AuditEntry.objects.get(action="account.retention-changed").changes == {"retention_days": [30, 0]}


def test_the_time_of_keeping_logins_is_changed_and_written_down(cast: Cast) -> None:
    assert account_settings.set_login_retention(cast.acme, 7, OPERATOR)
    entry = AuditEntry.objects.get(action="account.login-retention-changed")
    assert (entry.account, entry.changes) == (cast.acme, {"login_retention_days": [90, 7]})


@pytest.mark.parametrize("days", [0, 3651])
def test_a_time_of_keeping_logins_outside_the_limits_is_refused(cast: Cast, days: int) -> None:
    with pytest.raises(ActionRefused, match="1 to 3650 days"):
        account_settings.set_login_retention(cast.acme, days, OPERATOR)


@pytest.mark.parametrize("days", [-1, 3651])
def test_a_time_of_keeping_outside_the_limits_is_refused(cast: Cast, days: int) -> None:
    with pytest.raises(ActionRefused, match="0 to 3650 days"):
        account_settings.set_retention(cast.acme, days, OPERATOR)

import pytest
from django.core.management import CommandError

from accounts.models import ConnectionMove, User
from tests.support.cast import Cast
from tests.support.commands import run
from tests.support.factories import known_at, oidc_connection, saml_connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def petra(cast: Cast) -> User:
    known_at(saml_connection(cast.acme, name="Okta"), cast.petra)
    oidc_connection(cast.acme, name="Entra")
    return cast.petra


def move_people(*options: str) -> dict[str, object]:
    return run("move_people", "Acme", "Entra", "--from", "Okta", *options)


def test_without_a_step_it_is_a_preview(petra: User) -> None:
    assert move_people() == {"from": "Okta", "to": "Entra", "is_on": False, "people": {"links": 1}}
    assert not ConnectionMove.objects.exists()


def test_it_starts_and_finishes(petra: User) -> None:
    assert move_people("--start")["is_on"] is True
    assert move_people("--finish") == {
        "from": "Okta",
        "to": "Entra",
        "is_on": False,
        "people": {"links": 1},
        "handed_over": 0,
    }


def test_it_starts_and_goes_back(petra: User) -> None:
    move_people("--start")
    known_at(petra.account.connection_set.get(name="Entra"), petra)
    done = move_people("--undo")
    assert (done["removed"], done["sessions_ended"], done["people"]) == (1, 0, {"links": 1})


def test_people_with_account_permissions_may_be_left_out(cast: Cast, petra: User) -> None:
    known_at(cast.acme.connection_set.get(name="Okta"), cast.alice)
    assert move_people("--leave-out-privileged")["people"] == {"links": 1, "privileged": 1}


def test_a_move_that_is_not_on_does_not_end(petra: User) -> None:
    with pytest.raises(CommandError, match="is in progress"):
        move_people("--finish")

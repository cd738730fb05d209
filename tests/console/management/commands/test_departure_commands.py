"""Commands about people who leave: their JSON is what other programs rely on."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts import alerts
from accounts.deprovisioning import cleanup
from accounts.models import HeldDeparture, User
from tests.support.cast import Cast
from tests.support.commands import run

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(cast: Cast) -> User:
    HeldDeparture.objects.create(account=cast.acme, user=cast.petra, asked_by="provisioning (Okta)")
    alerts.raise_alert(cast.acme.pk, "mass-departure", "", "Too many.")
    return cast.petra


def test_letting_go_and_restoring_say_who_and_what_they_are_now(cast: Cast) -> None:
    for _ in range(2):
        assert run("deprovision_user", "Acme", "bob@acme.example") == {
            "user": "bob@acme.example", "state": "deprovisioned"
        }  # fmt: skip
    assert run("restore_user", "Acme", "bob@acme.example") == {"user": "bob@acme.example", "state": "active"}


def test_show_user_tells_what_a_leaver_had_also_after_they_came_back(cast: Cast) -> None:
    assert run("show_user", "Acme", "bob@acme.example")["former_access"] is None
    run("create_group", "Acme", "Ops")
    run("create_token", "Acme", "bob@acme.example", "--name", "laptop")
    run("deprovision_user", "Acme", "bob@acme.example")
    cleanup.finish(cast.bob.pk)
    for _ in range(2):
        former = run("show_user", "Acme", "bob@acme.example")["former_access"]
        assert former.pop("ended_at")
        assert former == {"account_role": "", "spaces": [], "groups": [], "tokens": ["laptop"]}
        run("restore_user", "Acme", "bob@acme.example")


def test_the_command_lists_held_users(cast: Cast, held: User) -> None:
    assert run("departures", "Acme") == {"held": 1, "let_go": 0, "kept": 0, "hold": False}
    assert run("departures", "Globex") == {"held": 0, "let_go": 0, "kept": 0, "hold": False}


@pytest.mark.parametrize(
    ("option", "expected", "state"),
    [
        ("--let-go", {"held": 0, "let_go": 1, "kept": 0, "hold": False}, "deprovisioned"),
        ("--keep", {"held": 0, "let_go": 0, "kept": 1, "hold": False}, "pending"),
    ],
)
def test_the_command_decides(cast: Cast, held: User, option: str, expected: dict[str, Any], state: str) -> None:
    assert run("departures", "Acme", option) == expected
    assert User.objects.get(pk=held.pk).state == state
    assert alerts.open_alerts(cast.acme) == []


def test_the_command_switches_the_hold(cast: Cast) -> None:
    assert run("departures", "Acme", "--hold", "on")["hold"]
    assert run("departures", "Acme")["hold"]
    assert not run("departures", "Acme", "--hold", "off")["hold"]


def test_yes_and_no_at_once_is_wrong_usage(cast: Cast) -> None:
    with pytest.raises(CommandError, match="not allowed with"):
        call_command("departures", "Acme", "--keep", "--let-go")

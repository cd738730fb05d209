"""`check --deploy`: each message says what was expected, what is, and how to change it."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.checks import CheckMessage, run_checks
from django.core.management import call_command
from django.db import DatabaseError

from accounts import checks
from accounts.audit import database_role

SECRET, OTHER = "kT9xqL0vZm3Bw8Rj5Ny2Hd7Gc4XfQp6s", "Jw3nYb8eTk1uMz5cVg9aRd2hLf7oSx4i"

# Setting, value -> the one message that it brings.
WRONG: dict[str, tuple[str, dict[str, Any]]] = {
    "error pages show everything": ("torque.E001", {"DEBUG": True}),
    "the origin is plain http": ("torque.E002", {"BASE_URL": "http://sso.example.com"}),
    "nobody set the origin": ("torque.E002", {"BASE_URL": "http://localhost:8000"}),
    "the secret key is no secret": ("torque.E003", {"SECRET_KEY": "a" * 64}),
    "the secret key is short": ("torque.E003", {"SECRET_KEY": SECRET[:31]}),
    "there is no encryption key": ("torque.E003", {"ENCRYPTION_KEYS": []}),
    "a former encryption key is no secret": ("torque.E003", {"ENCRYPTION_KEYS": [OTHER, "ab" * 20]}),
    "both secrets are one": ("torque.E003", {"ENCRYPTION_KEYS": [SECRET]}),
}
# What the role of the database may do -> the one message.
ROLES = {
    "torque.E004": database_role.Powers("postgres", True, database_role.APPEND_ONLY, database_role.APPEND_ONLY),
    "torque.E005": database_role.Powers("torque", False, database_role.APPEND_ONLY, database_role.APPEND_ONLY),
    "torque.E006": database_role.Powers("torque_app", False, (), ("accounts_auditseal",)),
}


@pytest.fixture(autouse=True)
def _right(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DEBUG, settings.BASE_URL = False, "https://sso.example.com"
    settings.SECRET_KEY, settings.ENCRYPTION_KEYS = SECRET, [OTHER]
    monkeypatch.setattr(checks, "connection", SimpleNamespace(vendor="postgresql"))
    may_nothing = database_role.Powers("torque_app", False, (), ())
    monkeypatch.setattr(database_role, "powers", lambda: may_nothing)


def own() -> list[CheckMessage]:
    """Our messages, as the command finds them."""
    found = run_checks(include_deployment_checks=True)
    return [message for message in found if (message.id or "").startswith("torque.")]


def test_a_right_configuration_is_clean() -> None:
    assert own() == []


@pytest.mark.parametrize("name", WRONG)
def test_it_is_said_when(name: str, settings: Any) -> None:
    expected, values = WRONG[name]
    for setting, value in values.items():
        setattr(settings, setting, value)
    assert [message.id for message in own()] == [expected]


@pytest.mark.parametrize("expected", ROLES)
def test_a_role_that_may_too_much_is_named(expected: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database_role, "powers", lambda: ROLES[expected])
    [message] = own()
    assert message.id == expected
    assert f"'{ROLES[expected].role}'" in message.msg
    assert "grant_application_role" in str(message.hint)


def test_a_database_that_is_a_file_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "connection", SimpleNamespace(vendor="sqlite"))
    assert [message.id for message in own()] == ["torque.W001"]


def test_a_database_that_does_not_answer_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> database_role.Powers:
        raise DatabaseError("connection refused\nis the server running?")

    monkeypatch.setattr(database_role, "powers", away)
    [message] = own()
    assert (message.id, message.msg.endswith("connection refused")) == ("torque.E007", True)


@pytest.mark.parametrize("name", WRONG)
def test_every_message_says_what_to_do_and_no_secret(name: str, settings: Any) -> None:
    for setting, value in WRONG[name][1].items():
        setattr(settings, setting, value)
    [message] = own()
    assert message.msg.startswith("Expected ")
    assert message.hint
    assert not any(secret in f"{message.msg} {message.hint}" for secret in (SECRET, OTHER, "a" * 20))


def test_they_are_of_deployments_alone(settings: Any) -> None:
    settings.DEBUG = True
    call_command("check")
    assert not any((message.id or "").startswith("torque.") for message in run_checks())

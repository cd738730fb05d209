"""The SCIM test passes, says what fails, and leaves nothing behind."""

from typing import Any

import pytest
from django.apps import apps

from accounts.audit.audit import OPERATOR
from scim import request_log, scim_test
from scim.conversations import CONVERSATIONS, Ask, Conversation
from scim.views.users import UsersView
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
HOST = "localhost"


def everything() -> dict[str, list[Any]]:
    tables = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    return {model._meta.label: list(model._base_manager.order_by("pk").values()) for model in tables}


def run(cast: Cast) -> list[scim_test.Played]:
    return scim_test.run(cast.acme, HOST, OPERATOR)


def test_both_conversations_pass(cast: Cast) -> None:
    played = run(cast)
    problems = [exchange.problem for one in played for exchange in one.exchanges if exchange.problem]
    assert problems == []
    assert [len(one.exchanges) for one in played] == [len(one.asks) for one in CONVERSATIONS]
    assert all(one.passed for one in played)


def test_nothing_of_it_stays(cast: Cast, django_capture_on_commit_callbacks: Any) -> None:
    before = everything()
    with django_capture_on_commit_callbacks() as waiting:
        run(cast)
    request_log.flush()
    assert everything() == before
    assert waiting == []


def test_the_token_is_shown_nowhere(cast: Cast) -> None:
    assert "tsso_" not in repr(run(cast))


def test_an_answer_that_is_not_as_expected_ends_the_conversation(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    asks = (Ask("Look up", "GET", "/Users/nobody"), Ask("Never", "GET", "/Users"))
    monkeypatch.setattr(scim_test, "CONVERSATIONS", (Conversation("X", "x", asks),))
    (played,) = run(cast)
    assert (played.passed, played.left_out) == (False, 1)
    assert played.exchanges[0].problem.startswith("Expected status 200; received 404.")


def test_a_mistake_of_ours_is_shown_and_leaves_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(UsersView, "post", broken)
    before = everything()
    assert [one.exchanges[-1].status for one in run(cast)] == [500, 500]
    assert everything() == before

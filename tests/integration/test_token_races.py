"""Tokens that are made at the moment at which those that ask for them end: none is left over."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.audit.audit import OPERATOR
from accounts.errors import ActionRefused
from accounts.models import ApiToken, User
from accounts.tokens import revocation, tokens
from accounts.users import users
from tests.integration.waiting import elsewhere, start_waiting
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "a sentence nobody else has"


@pytest.fixture
def asking(cast: Cast) -> ApiToken:
    return tokens.issue_token(cast.bob, "asking", [], acting=OPERATOR)[0]


def make(user: User, through: ApiToken | None) -> None:
    tokens.issue_token(user, "made", [], through=through, acting=OPERATOR)


def revoke(token: ApiToken) -> None:
    revocation.revoke_token(token, acting=OPERATOR)


def set_password(user: User) -> None:
    users.set_password(User.objects.get(pk=user.pk), NEW, end_tokens=True, acting=OPERATOR)


def test_what_is_made_while_its_maker_is_revoked_is_revoked_too(cast: Cast, asking: ApiToken) -> None:
    with transaction.atomic():
        make(cast.bob, asking)
        waiting = start_waiting(partial(revoke, asking))
    waiting.result()
    assert tokens.live_tokens(cast.acme) == []


def test_nothing_is_made_with_a_token_that_is_revoked_meanwhile(cast: Cast, asking: ApiToken) -> None:
    with transaction.atomic():
        revoke(asking)
        waiting = start_waiting(partial(make, cast.bob, asking))
    with pytest.raises(ActionRefused, match="this one has ended"):
        waiting.result()
    assert not ApiToken.objects.filter(name="made").exists()


def test_what_is_made_while_a_new_password_ends_all_tokens_ends_too(cast: Cast, asking: ApiToken) -> None:
    with transaction.atomic():
        make(cast.bob, None)
        waiting = start_waiting(partial(set_password, cast.bob))
    waiting.result()
    assert tokens.live_tokens(cast.acme) == []


@pytest.mark.parametrize("through", [lambda asking: None, lambda asking: asking], ids=["a session", "a token"])
def test_nothing_is_made_from_before_a_new_password(
    cast: Cast, asking: ApiToken, through: Callable[[ApiToken], ApiToken | None]
) -> None:
    as_before = User.objects.get(pk=cast.bob.pk)
    with transaction.atomic():
        set_password(cast.bob)
        waiting = start_waiting(partial(make, as_before, through(asking)))
    with pytest.raises(ActionRefused):
        waiting.result()
    assert tokens.live_tokens(cast.acme) == []


def test_the_sweep_leaves_a_short_token_that_is_asking(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    short, _ = tokens.issue_short_token(cast.bob)
    later = timezone.now() + timedelta(hours=2)
    with transaction.atomic():
        make(cast.bob, short)
        with monkeypatch.context() as patch:
            patch.setattr(tokens.timezone, "now", lambda: later)
            assert elsewhere(tokens.remove_over) == 0
    assert ApiToken.objects.get(name="made").made_by == short

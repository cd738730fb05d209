"""When a token opens a door: asked of one (`find_live`) and listed for all (`live_tokens`), it must be the same."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import ApiToken, User
from accounts.services import tokens
from accounts.services.audit import OPERATOR
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def _change(**values: object) -> Callable[[ApiToken], object]:
    return lambda token: ApiToken.objects.filter(pk=token.pk).update(**values)


def _change_owner(**values: object) -> Callable[[ApiToken], object]:
    return lambda token: User.objects.filter(pk=token.user_id).update(**values)


CHANGES: dict[str, tuple[Callable[[ApiToken], object], bool]] = {
    "nothing": (_change(), True),
    "expires tomorrow": (_change(expires_at=timezone.now() + timedelta(days=1)), True),
    "expired": (_change(expires_at=timezone.now() - timedelta(seconds=1)), False),
    "revoked": (_change(revoked_at=timezone.now()), False),
    "owner deprovisioned": (_change_owner(state="deprovisioned"), False),
    "owner's access ended since": (_change_owner(session_epoch=1), False),
    "owned by the account": (_change(user=None), True),
    "owned by the account and revoked": (_change(user=None, revoked_at=timezone.now()), False),
}


@pytest.mark.parametrize("change", CHANGES)
def test_found_and_listed_agree(cast: Cast, change: str) -> None:
    token, text = tokens.issue_token(cast.alice, "t", [], acting=OPERATOR)
    apply, is_live = CHANGES[change]
    apply(token)
    assert (tokens.find_live(text) is not None) == is_live
    assert bool(tokens.live_tokens(cast.acme)) == is_live


def test_use_is_noted_at_most_once_a_minute(cast: Cast) -> None:
    token, text = tokens.issue_token(cast.alice, "t", [], acting=OPERATOR)
    tokens.find_live(text)
    first = ApiToken.objects.get(pk=token.pk).last_used_at
    tokens.find_live(text)
    assert ApiToken.objects.get(pk=token.pk).last_used_at == first


@pytest.mark.parametrize("text", ["", "tsso_", "tsso_" + "a" * 40, "tsso_" + "é" * 40, "x" * 10_000, "tsso_\x00"])
def test_what_is_no_token_is_refused_before_the_database_is_asked(
    django_assert_num_queries: Callable[..., object], cast: Cast, text: str
) -> None:
    with django_assert_num_queries(0):
        assert tokens.find_live(text) is None

"""A link to set one's own password works once, and ends when the user's rights change."""

import pytest

from accounts.audit.audit import OPERATOR
from accounts.errors import ActionRefused
from accounts.passwords import links
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db


def token_of(url: str) -> str:
    return url.rstrip("/").rpartition("/")[2]


def test_a_link_sets_the_password_once(cast: Cast) -> None:
    token = token_of(links.make_link(cast.bob, acting=OPERATOR))
    assert links.set_password_by_link(cast.bob.pk, token, "another long password")
    assert not links.set_password_by_link(cast.bob.pk, token, "a third long password")


def test_a_link_that_ends_api_tokens_is_of_another_kind(cast: Cast) -> None:
    plain, ending = (token_of(links.set_password_url(cast.bob, end_tokens=ends)) for ends in (False, True))
    assert (links.ends_tokens(cast.bob, plain), links.ends_tokens(cast.bob, ending)) == (False, True)
    assert links.person_of_link(cast.bob.pk, ending) == cast.bob


def test_who_has_no_password_gets_no_link(cast: Cast) -> None:
    with pytest.raises(ActionRefused) as refused:
        links.make_link(cast.petra, acting=OPERATOR)
    assert refused.value.code == "user-without-password"


def test_a_link_is_for_its_user_alone(cast: Cast) -> None:
    token = token_of(links.make_link(cast.bob, acting=OPERATOR))
    assert links.person_of_link(cast.alice.pk, token) is None

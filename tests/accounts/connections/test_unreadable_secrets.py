"""A secret that no key opens is named with what to do."""

import pytest

from accounts.connections import unreadable_secrets
from accounts.models import Connection
from common.encryption import UnreadableSecret
from tests.support.cast import Cast
from tests.support.factories import oidc_connection


@pytest.mark.parametrize("name", ["client_secret", "next_private_key", "sp_private_key"])
def test_each_secret_has_words(name: str) -> None:
    lost = UnreadableSecret("No key opens it.", name)
    assert name.replace("_", " ").removeprefix("sp ") == unreadable_secrets.what(lost)
    assert "ENCRYPTION_KEYS" in unreadable_secrets.to_do(lost)


@pytest.mark.django_db
def test_a_connection_whose_secrets_can_be_read_has_no_sentence(cast: Cast) -> None:
    connection = Connection.objects.get(pk=oidc_connection(cast.acme, client_secret="x").pk)
    assert list(unreadable_secrets.sentences(connection)) == []

"""`rotate_secrets`: counts of what was done, and exit 1 while an older key is still needed."""

from typing import Any

import pytest
from django.core.management import CommandError

from accounts.models import Connection
from common.encryption import Sealed
from tests.support.cast import Cast
from tests.support.commands import run
from tests.support.factories import oidc_connection

pytestmark = pytest.mark.django_db
OLD, NEW = "an old key that is long enough 0123456789", "a new key that is long enough 0123456789"


@pytest.fixture
def azure(cast: Cast, settings: Any) -> Connection:
    settings.ENCRYPTION_KEYS = [OLD]
    azure = oidc_connection(cast.acme, name="Azure", client_secret="s3cret")
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    return azure


def test_it_counts_what_it_did(azure: Connection) -> None:
    none = {"bound": 0, "changed_meanwhile": 0, "unreadable": 0, "left": 0, "enter_again": []}
    assert run("rotate_secrets") == {"rotated": 1, **none}
    assert run("rotate_secrets") == {"rotated": 0, **none}


def test_a_check_changes_nothing_and_complains_while_an_older_key_is_needed(azure: Connection) -> None:
    with pytest.raises(CommandError, match=r"not encrypted with the newest key: 1\. Keep the older keys"):
        run("rotate_secrets", "--check")
    run("rotate_secrets")
    assert run("rotate_secrets", "--check")["left"] == 0


def test_a_lost_secret_of_a_connection_is_complained_about(azure: Connection) -> None:
    Connection.objects.update(client_secret=Sealed("s1.00000000.AAAA"))
    with pytest.raises(CommandError, match="Some secrets of connections cannot be decrypted"):
        run("rotate_secrets")

"""Rotation of ENCRYPTION_KEYS: every secret under the newest key, none lost, none overwritten."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.audit.audit import OPERATOR
from accounts.connections import drafts
from accounts.models import Connection, ConnectionDraft, SignedInSession, SignInTransaction
from accounts.sso import transactions
from accounts.work import secret_rotation
from common import encryption
from common.encryption import Sealed, newest_prefix, renewed
from tests.support.cast import Cast
from tests.support.factories import oidc_connection, saml_connection

pytestmark = pytest.mark.django_db
OLD, NEW = "an old key that is long enough 0123456789", "a new key that is long enough 0123456789"
NOTHING = {"rotated": 0, "bound": 0, "changed_meanwhile": 0, "unreadable": 0, "left": 0}


@pytest.fixture
def azure(cast: Cast, settings: Any) -> Connection:
    """With a secret of each kind, all under the old key; then the new key comes."""
    settings.ENCRYPTION_KEYS = [OLD]
    azure = oidc_connection(cast.acme, name="Azure", client_secret="s3cret")
    drafts.change_client_secret(azure, "next s3cret", None, acting=OPERATOR)
    opened = transactions.open_sign_in(azure, "/")
    transactions.keep_answer(opened.row, {"code": "of the IdP"})
    saml_connection(cast.globex, sp_private_key="a key")
    sign_in(cast, azure)
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    return azure


def sign_in(cast: Cast, connection: Connection) -> SignedInSession:
    now = timezone.now()
    times = {"last_seen_at": now, "ends_at": now + timedelta(hours=1)}
    hints = json.dumps({"id_token": "x.y.z"})
    return SignedInSession.objects.create(
        account=cast.acme, user=cast.bob, connection=connection, key_digest="0" * 64, logout_hints=hints, **times
    )


def all_readable() -> list[str]:
    sign_in_row, saml = SignInTransaction.objects.get(), Connection.objects.get(protocol="saml")
    return [
        Connection.objects.get(name="Azure").client_secret,
        ConnectionDraft.objects.get().client_secret,
        sign_in_row.code_verifier and "a verifier",
        sign_in_row.answer,
        saml.sp_private_key,
        SignedInSession.objects.get().logout_hints,
    ]


ALL = ["s3cret", "next s3cret", "a verifier", '{"code": "of the IdP"}', "a key", '{"id_token": "x.y.z"}']


def test_afterwards_the_old_key_can_be_removed(azure: Connection, settings: Any) -> None:
    assert secret_rotation.rotate().counts == {**NOTHING, "rotated": 6}
    settings.ENCRYPTION_KEYS = [NEW]
    assert all_readable() == ALL


def test_a_second_run_finds_nothing_to_do(azure: Connection) -> None:
    secret_rotation.rotate()
    assert secret_rotation.rotate().counts == NOTHING


def test_more_rows_than_one_batch_are_all_done(azure: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secret_rotation, "BATCH", 2)
    for number in range(4):
        oidc_connection(azure.account, name=f"{number}")
    Connection.objects.exclude(name="Azure").filter(protocol="oidc").update(client_secret=encryption_of_before("x"))
    assert secret_rotation.rotate().counts == {**NOTHING, "rotated": 10, "bound": 4}


def encryption_of_before(text: str) -> Sealed:
    """Fernet under the old key, bound to nothing; what no key reads by the new form is stored as it is."""
    return Sealed(encryption._keys((OLD,))[0].fernet.encrypt(text.encode()).decode())


def test_what_was_bound_to_nothing_is_bound(azure: Connection) -> None:
    Connection.objects.filter(pk=azure.pk).update(client_secret=encryption_of_before("of before"))
    assert secret_rotation.look().counts == {**NOTHING, "left": 6}
    assert secret_rotation.rotate().counts == {**NOTHING, "rotated": 6, "bound": 1}
    kept = Connection.objects.values_list("client_secret", flat=True).get(pk=azure.pk)
    assert kept.token.startswith(newest_prefix())
    assert Connection.objects.get(pk=azure.pk).client_secret == "of before"


def test_a_secret_that_is_changed_meanwhile_is_not_overwritten(
    azure: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def with_an_admin_at_work(row: Any, name: str, value: Sealed) -> Sealed:
        if (row.pk, name) == (azure.pk, "client_secret"):
            azure.client_secret = "entered meanwhile"
            azure.save(update_fields=["client_secret"])
        return renewed(row, name, value)

    monkeypatch.setattr(secret_rotation, "renewed", with_an_admin_at_work)
    assert secret_rotation.rotate().counts == {**NOTHING, "rotated": 5, "changed_meanwhile": 1}
    assert Connection.objects.get(pk=azure.pk).client_secret == "entered meanwhile"


def test_a_draft_that_an_admin_looks_at_is_still_the_same(azure: Connection) -> None:
    draft = drafts.draft_of(azure)
    assert draft
    secret_rotation.rotate()
    drafts.publish(azure, drafts.version_of(draft), acting=OPERATOR)
    assert Connection.objects.get(pk=azure.pk).client_secret == "next s3cret"


def test_a_sign_in_under_way_goes_on(azure: Connection, settings: Any) -> None:
    opened = transactions.open_sign_in(azure, "/")
    transactions.keep_answer(opened.row, {"code": "c"})
    secret_rotation.rotate()
    settings.ENCRYPTION_KEYS = [NEW]
    row = transactions.find(opened.row.pk)
    assert row
    assert transactions.consume(row, opened.binding) == {"code": "c"}


def test_what_cannot_be_read_stays_and_whose_it_is_is_shown(azure: Connection) -> None:
    lost = Sealed("s1.00000000.AAAA")
    Connection.objects.filter(pk=azure.pk).update(client_secret=lost)
    SignedInSession.objects.update(logout_hints=lost)
    rotation = secret_rotation.rotate()
    assert rotation.counts == {**NOTHING, "rotated": 4, "unreadable": 2}
    assert rotation.missed == [f"client secret of 'Azure' (Acme: connection {azure.pk})"]
    assert Connection.objects.values_list("client_secret", flat=True).get(pk=azure.pk) == lost


def test_a_test_of_exactly_these_settings_still_counts(azure: Connection) -> None:
    before = drafts.digest_of(azure)
    secret_rotation.rotate()
    assert drafts.digest_of(Connection.objects.get(pk=azure.pk)) == before

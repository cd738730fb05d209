"""Secrets at rest: bound to their place, under named keys, readable on a row (`docs/decisions/0022`)."""

import copy
import pickle
from typing import Any

import pytest
from cryptography.fernet import Fernet

from accounts.models import Connection
from common import encryption
from common.db import statements
from common.encryption import (
    Sealed,
    UnreadableSecret,
    carried,
    is_kept,
    newest_prefix,
    seal,
    sealed_for,
    secret_fields_of,
    unreadable_fields,
    unseal,
)
from tests.support.cast import Cast
from tests.support.factories import oidc_connection

OLD, NEW = "an old key that is long enough 0123456789", "a new key that is long enough 0123456789"
ALL_FIELDS = {
    "accounts.Connection": ["sp_private_key", "next_private_key", "client_secret"],
    "accounts.ConnectionDraft": ["client_secret"],
    "accounts.SignInTransaction": ["code_verifier", "answer"],
    "accounts.SignedInSession": ["logout_hints"],
}


@pytest.fixture
def azure(cast: Cast) -> Connection:
    return oidc_connection(cast.acme, client_secret="s3cret")


def stored(connection: Connection, name: str = "client_secret") -> str:
    """What the column holds."""
    kept = Connection.objects.filter(pk=connection.pk).values_list(name, flat=True).get()
    return kept.token if isinstance(kept, Sealed) else kept


def store(connection: Connection, token: str) -> Connection:
    """Writes a column as somebody does who can write to the database, and reads the row again."""
    Connection.objects.filter(pk=connection.pk).update(client_secret=Sealed(token))
    return Connection.objects.get(pk=connection.pk)


def unbound(text: str) -> str:
    """As the releases without bound secrets wrote it."""
    return encryption._present_keys()[0].fernet.encrypt(text.encode()).decode()


# --- The ciphertext -------------------------------------------------------------------------------


def test_it_opens_at_its_place_and_names_its_key() -> None:
    token = seal("s3cret", "here")
    assert unseal(token, "here") == "s3cret"
    assert token.startswith(newest_prefix())
    assert seal("s3cret", "here") != token


@pytest.mark.parametrize("place", ["there", "", "here ", "Here"])
def test_it_opens_at_no_other_place(place: str) -> None:
    with pytest.raises(UnreadableSecret, match="altered, or moved"):
        unseal(seal("s3cret", "here"), place)


@pytest.mark.parametrize("edit", [lambda t: t[:-8], lambda t: t[:-4] + "AAAA", lambda t: t[:12], lambda t: t + "é"])
def test_what_was_altered_does_not_open(edit: Any) -> None:
    with pytest.raises(UnreadableSecret, match="altered, or moved"):
        unseal(edit(seal("s3cret", "here")), "here")


@pytest.mark.parametrize("token", ["", "s1", "s1.", "s1..", "s1.00000000.AAAA", "gAAAAA", "s2.00000000.AAAA"])
def test_what_no_key_wrote_does_not_open(token: str) -> None:
    with pytest.raises(UnreadableSecret, match="its key is none of them"):
        unseal(token, "here")


def test_the_newest_key_encrypts_and_all_decrypt(settings: Any) -> None:
    settings.ENCRYPTION_KEYS = [OLD]
    before = seal("s3cret", "here")
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    assert (unseal(before, "here"), before.startswith(newest_prefix())) == ("s3cret", False)
    settings.ENCRYPTION_KEYS = [NEW]
    with pytest.raises(UnreadableSecret, match="its key is none of them"):
        unseal(before, "here")


def test_neither_a_key_nor_ciphertext_is_in_what_is_printed() -> None:
    token = seal("s3cret", "here")
    assert token not in repr(Sealed(token))
    assert "root" not in repr(encryption._present_keys())


def test_the_unbound_form_opens_and_ends_with_its_key(settings: Any, azure: Connection) -> None:
    settings.ENCRYPTION_KEYS = [OLD]
    token = unbound("of before")
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    assert store(azure, token).client_secret == "of before"
    settings.ENCRYPTION_KEYS = [NEW]
    with pytest.raises(UnreadableSecret, match="none of them opens it"):
        store(azure, token).client_secret  # noqa: B018


def test_an_unbound_token_of_somebody_else_does_not_open(azure: Connection) -> None:
    token = Fernet(Fernet.generate_key()).encrypt(b"forged").decode()
    assert [lost.name for lost in unreadable_fields(store(azure, token))] == ["client_secret"]


# --- The field ------------------------------------------------------------------------------------


def test_these_are_all_secrets_of_all_tables() -> None:
    from django.apps import apps

    found = {model._meta.label: secret_fields_of(model) for model in apps.get_models()}
    assert {label: names for label, names in found.items() if names} == ALL_FIELDS


def test_it_is_text_on_the_row_and_ciphertext_in_the_database(azure: Connection) -> None:
    assert Connection.objects.get(pk=azure.pk).client_secret == "s3cret"
    assert stored(azure).startswith(newest_prefix())
    assert (stored(azure, "sp_private_key"), Connection.objects.get(pk=azure.pk).sp_private_key) == ("", "")


def test_ciphertext_moved_to_another_row_field_or_account_does_not_decrypt(cast: Cast, azure: Connection) -> None:
    here, there = oidc_connection(cast.acme), oidc_connection(cast.globex)
    for connection in (here, there):
        with pytest.raises(UnreadableSecret, match="moved from another row"):
            store(connection, stored(azure)).client_secret  # noqa: B018
    Connection.objects.filter(pk=azure.pk).update(sp_private_key=Sealed(stored(azure)))
    assert [lost.name for lost in unreadable_fields(Connection.objects.get(pk=azure.pk))] == ["sp_private_key"]


def test_the_row_moved_to_another_account_does_not_decrypt(cast: Cast, azure: Connection) -> None:
    row = Connection.objects.get(pk=azure.pk)
    row.account_id = cast.globex.pk
    with pytest.raises(UnreadableSecret, match="moved from another row"):
        row.client_secret  # noqa: B018


@pytest.mark.parametrize("key", ["pk", "account_id"])
def test_a_key_given_as_text_is_the_same_place(azure: Connection, key: str) -> None:
    row = Connection.objects.get(pk=azure.pk)
    setattr(row, key, str(getattr(row, key)).upper())
    assert row.client_secret == "s3cret"


def test_a_deferred_secret_is_read_when_it_is_asked_for(azure: Connection) -> None:
    assert Connection.objects.defer("client_secret").get(pk=azure.pk).client_secret == "s3cret"
    assert Connection.objects.only("client_secret").get(pk=azure.pk).client_secret == "s3cret"
    row = Connection.objects.get(pk=azure.pk)
    row.refresh_from_db()
    assert row.client_secret == "s3cret"


def test_a_prepared_statement_writes_and_reads_it_too(cast: Cast) -> None:
    row = Connection(account=cast.acme, name="x", vendor="okta", protocol="oidc", client_secret="s3cret")
    statements.insert(row)
    assert stored(row).startswith(newest_prefix())
    (found,) = statements.select(
        Connection, ("id", "account", "client_secret"), "WHERE id = %s", [statements.stored(Connection, "id", row.pk)]
    )
    assert found.client_secret == "s3cret"


def test_bulk_create_binds_each_to_its_row(cast: Cast) -> None:
    named = {"account": cast.acme, "vendor": "okta", "protocol": "oidc", "client_secret": "s3cret"}
    Connection.objects.bulk_create([Connection(name=name, **named) for name in ("a", "b")])
    assert [row.client_secret for row in Connection.objects.all()] == ["s3cret", "s3cret"]


def test_an_update_or_a_filter_with_plain_text_is_refused_for_it_knows_no_row(azure: Connection) -> None:
    Connection.objects.update(client_secret=sealed_for(azure, "client_secret", "other"))
    assert Connection.objects.get().client_secret == "other"
    with pytest.raises(TypeError, match="encrypted for its row"):
        Connection.objects.filter(client_secret="other").exists()
    with pytest.raises(TypeError, match="encrypted for its row"):
        Connection.objects.update(client_secret="plain")


def test_a_row_without_a_key_takes_none(azure: Connection) -> None:
    azure.pk = None
    with pytest.raises(ValueError, match="needs its key before client_secret"):
        sealed_for(azure, "client_secret", "x")


def test_a_copy_reads_it_and_goes_through_a_pickle(azure: Connection) -> None:
    row = Connection.objects.get(pk=azure.pk)
    assert copy.copy(row).client_secret == "s3cret"
    assert b"s3cret" not in pickle.dumps(row)
    assert pickle.loads(pickle.dumps(row)).client_secret == "s3cret"  # noqa: S301


def test_a_save_brings_it_under_the_newest_key(azure: Connection, settings: Any) -> None:
    settings.ENCRYPTION_KEYS = [NEW, *settings.ENCRYPTION_KEYS]
    store(azure, unbound("of before")).save()
    assert stored(azure).startswith(newest_prefix())
    assert Connection.objects.get(pk=azure.pk).client_secret == "of before"


def test_a_save_leaves_as_it_is_what_is_under_the_newest_key_or_cannot_be_read(azure: Connection) -> None:
    before = stored(azure)
    Connection.objects.get(pk=azure.pk).save()
    assert stored(azure) == before
    store(azure, "s1.00000000.AAAA").save()
    assert stored(azure) == "s1.00000000.AAAA"


def test_an_unreadable_one_is_kept_and_named_and_stays_unreadable_where_it_is_carried(azure: Connection) -> None:
    row = store(azure, "s1.00000000.AAAA")
    assert (is_kept(row, "client_secret"), is_kept(row, "sp_private_key")) == (True, False)
    (lost,) = unreadable_fields(row)
    assert (lost.name, str(lost)) == ("client_secret", "its key is none of them")
    row.sp_private_key = carried(row, "client_secret")
    assert len(unreadable_fields(row)) == 2

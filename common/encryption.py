"""Secrets at rest (R61): the first of ENCRYPTION_KEYS encrypts, all of them decrypt.

A key is any secret text of 32 characters or more; HKDF derives the keys in use from it (RFC 5869). Ciphertext names its
key and is bound to its place: the account, model, field and row that it was written for (`docs/decisions/0022`).
"""

import base64
import os
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand
from django.conf import settings
from django.db import models
from django.db.models.query_utils import DeferredAttribute

MARK = "s1"  # of the form: mark, key ID and base64url of nonce and ciphertext, with dots between them
_NONCE = 12  # bytes


class UnreadableSecret(Exception):
    """A stored secret that no key opens. The message says why, and holds nothing of the secret."""

    def __init__(self, why: str, name: str = "") -> None:
        super().__init__(why)
        self.name = name  # of the model's field


@dataclass(frozen=True)
class Sealed:
    """A secret as the database keeps it."""

    token: str = field(repr=False)


@dataclass(frozen=True)
class _Key:
    key_id: str
    root: bytes = field(repr=False)
    fernet: Fernet = field(repr=False)  # for what the releases without bound secrets wrote

    def box(self, place: str) -> AESGCM:
        """A key of each place: one key may encrypt only some 2^32 texts with nonces by chance (NIST SP 800-38D 8.3)."""
        return AESGCM(HKDFExpand(hashes.SHA256(), 32, place.encode()).derive(self.root))


@lru_cache(maxsize=4)
def _keys(texts: tuple[str, ...]) -> tuple[_Key, ...]:
    """The newest first."""
    return tuple(_key(text) for text in texts)


def _key(text: str) -> _Key:
    return _Key(
        key_id=_derived(text, b"torque-sso key id", 4).hex(),
        root=_derived(text, b"torque-sso secrets bound to their place", 32),
        fernet=Fernet(base64.urlsafe_b64encode(_derived(text, b"torque-sso secrets at rest", 32))),
    )


def _derived(text: str, purpose: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=purpose).derive(text.encode())


def _present_keys() -> tuple[_Key, ...]:
    return _keys(tuple(settings.ENCRYPTION_KEYS))


def newest_prefix() -> str:
    """What every ciphertext under the newest key begins with."""
    return f"{MARK}.{_present_keys()[0].key_id}."


def seal(text: str, place: str) -> str:
    """Ciphertext that opens at this place only; `place` also separates uses that are no column."""
    key, nonce = _present_keys()[0], os.urandom(_NONCE)
    sealed = nonce + key.box(place).encrypt(nonce, text.encode(), place.encode())
    return f"{MARK}.{key.key_id}.{base64.urlsafe_b64encode(sealed).decode()}"


def unseal(token: str, place: str) -> str:
    """The text that `seal` was given for this place. Raises UnreadableSecret."""
    mark, _, rest = token.partition(".")
    key_id, _, body = rest.partition(".")
    key = next((key for key in _present_keys() if key.key_id == key_id), None)
    if mark != MARK or key is None:
        raise UnreadableSecret("its key is none of them")
    try:
        sealed = base64.urlsafe_b64decode(body)
        return key.box(place).decrypt(sealed[:_NONCE], sealed[_NONCE:], place.encode()).decode()
    except (InvalidTag, ValueError):
        raise UnreadableSecret("it was altered, or moved from another row, in the database") from None


def _unseal_unbound(token: str) -> str:
    """A Fernet token of a release before. It is bound to nothing, and ends with its key: none is made any more."""
    try:
        return MultiFernet([key.fernet for key in _present_keys()]).decrypt(token).decode()
    except InvalidToken:
        raise UnreadableSecret("none of them opens it") from None


class _SecretAttribute(DeferredAttribute):
    """Decrypts when the attribute is read: only the row knows the place, and most reads of a row need no secret."""

    def __get__(self, row: Any, cls: Any = None) -> Any:
        value = super().__get__(row, cls)
        return opened(row, self.field.attname, value) if isinstance(value, Sealed) else value

    def __set__(self, row: Any, value: Any) -> None:
        row.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]  # not subscriptable at run time
    """Text that is readable on a row and ciphertext in the database; empty stays empty.

    Reading the attribute raises UnreadableSecret where no key opens it. What knows no row (`update`, `values`) takes
    and gives `Sealed`; `sealed_for` makes one.
    """

    descriptor_class = _SecretAttribute

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Writes under the newest key. What cannot be read stays as it is: its key may come back."""
        value = model_instance.__dict__.get(self.attname)
        if isinstance(value, Sealed):
            return renewed(model_instance, self.attname, value)
        return sealed_for(model_instance, self.attname, value) if value else ""

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, Sealed):
            return value.token
        if value:
            raise TypeError(f"{self.name} is encrypted for its row: save the row, or give what `sealed_for` made.")
        return ""

    def from_db_value(self, value: str | None, expression: object, connection: object) -> Any:
        return Sealed(value) if value else ""


def sealed_for(row: models.Model, name: str, text: str) -> Sealed:
    return Sealed(seal(text, _place(row, name)))


def opened(row: models.Model, name: str, value: Sealed) -> str:
    """Raises UnreadableSecret."""
    try:
        if value.token.startswith(f"{MARK}."):
            return unseal(value.token, _place(row, name))
        return _unseal_unbound(value.token)
    except UnreadableSecret as unreadable:
        unreadable.name = name
        raise


def renewed(row: models.Model, name: str, value: Sealed) -> Sealed:
    """The same secret under the newest key; as it is where it has that already, or cannot be read."""
    if value.token.startswith(newest_prefix()):
        return value
    try:
        return sealed_for(row, name, opened(row, name, value))
    except UnreadableSecret:
        return value


def is_kept(row: models.Model, name: str) -> bool:
    """Whether there is a secret, readable or not."""
    try:
        return bool(getattr(row, name))
    except UnreadableSecret:
        return True


def carried(row: models.Model, name: str) -> Any:
    """The secret for an attribute of another row; one that cannot be read stays unreadable there."""
    try:
        return getattr(row, name)
    except UnreadableSecret:
        return row.__dict__[name]


def secret_fields_of(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields if isinstance(field, EncryptedTextField)]


def unreadable_fields(row: models.Model) -> list[UnreadableSecret]:
    """What of this row's secrets cannot be read, by `name`."""
    found = []
    for name in secret_fields_of(type(row)):
        try:
            getattr(row, name)
        except UnreadableSecret as unreadable:
            found.append(unreadable)
    return found


def _place(row: models.Model, name: str) -> str:
    """A change of a model's or field's name changes it, and needs a migration that writes its secrets anew."""
    meta = row._meta
    if row.pk is None:
        raise ValueError(f"A secret is bound to its row: {meta.label} needs its key before {name}.")
    owned = [field for field in meta.concrete_fields if field.primary_key or field.name == "account"]
    return " ".join([f"{meta.label_lower}.{name}", *(str(one.to_python(getattr(row, one.attname))) for one in owned)])

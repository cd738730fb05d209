"""PURE. A NameID with what belongs to it (SAML core 2.2.2), as an assertion gave it and a logout message repeats it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from accounts.sso.refusal import LoginRefused
from accounts.sso.saml import xml_encryption
from accounts.sso.saml.shape import ENCRYPTED_ID, NAME_ID, Element, text_of
from common.folding import fold
from common.texts import quoted

UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
EMAIL = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
_SILENT = frozenset({"", UNSPECIFIED})  # formats that say nothing
# The second is no name of the standard, and some providers write it.
_EMAIL_FORMATS = frozenset({EMAIL, "urn:oasis:names:tc:SAML:2.0:nameid-format:emailAddress"})
_LIMIT = 512  # characters of the name
_LIMIT_OF_A_PART = 1024
_PARTS = {"format": "Format", "name_qualifier": "NameQualifier", "sp_name_qualifier": "SPNameQualifier"}


@dataclass(frozen=True)
class NameId:
    """As sent; an attribute that was left out is ""."""

    value: str
    format: str = ""
    name_qualifier: str = ""
    sp_name_qualifier: str = ""

    @property
    def is_email(self) -> bool:
        return self.format in _EMAIL_FORMATS

    def key(self, idp_entity_id: str, sp_entity_id: str) -> str:
        """Equal for two that mean the same user: what is left out has the value that the standard gives it, and
        letter case does not count in e-mail addresses."""
        return json.dumps(
            [
                fold(self.value) if self.is_email else self.value,
                EMAIL if self.is_email else self.format or UNSPECIFIED,
                self.name_qualifier or idp_entity_id,
                self.sp_name_qualifier or sp_entity_id,
            ]
        )

    def may_mean(self, kept: "NameId", idp_entity_id: str, sp_entity_id: str) -> bool:
        """Whether this name, of a request that names the session too, is the one that was kept of its login.

        What the request leaves out is not compared, nor a format that one of the two does not say: providers send less
        at logout than at login.
        """
        this = replace(
            self,
            format=kept.format if self.format in _SILENT else self.format,
            name_qualifier=self.name_qualifier or kept.name_qualifier,
            sp_name_qualifier=self.sp_name_qualifier or kept.sp_name_qualifier,
        )
        that = replace(kept, format=self.format if kept.format in _SILENT else kept.format)
        return this.key(idp_entity_id, sp_entity_id) == that.key(idp_entity_id, sp_entity_id)

    def hints(self, idp_entity_id: str, sp_entity_id: str) -> dict[str, str]:
        """What is kept beside a session: the name, to know it and to say it again at logout, and `name_id`, by which a
        process of the release before finds it."""
        parts = {name: getattr(self, name) for name in _PARTS if getattr(self, name)}
        return {"name_id": self.key(idp_entity_id, sp_entity_id), "name_id_value": self.value, **parts}

    def attributes(self) -> dict[str, str]:
        """The XML attributes, as they came."""
        return {attribute: getattr(self, name) for name, attribute in _PARTS.items() if getattr(self, name)}


def name_id_of(hints: Mapping[str, str]) -> NameId | None:
    """The NameID that was kept; None where there was none."""
    value = hints.get("name_id_value", "")
    return NameId(value, **{name: hints.get(name, "") for name in _PARTS}) if value else None


def name_ids_in(parent: Element, decryption_key: Callable[[], str]) -> list[Element]:
    """The NameIDs of a Subject or LogoutRequest that was signed, one in an EncryptedID opened (SAML core 2.2.4).

    `decryption_key`: PEM, asked for where there is one to open; "" for none. Raises LoginRefused.
    """
    sealed = parent.findall(ENCRYPTED_ID)
    if not sealed:
        return parent.findall(NAME_ID)
    key = decryption_key()
    if not key:
        raise LoginRefused(
            "saml-encrypted-name-id",
            "a NameID in the clear, as this connection has no key to open one",
            "an EncryptedID",
        )
    return [*parent.findall(NAME_ID), *(_opened(element, key) for element in sealed)]


def _opened(sealed: Element, key: str) -> Element:
    found = xml_encryption.opened(sealed, key, "a NameID")
    if found.tag != NAME_ID:
        raise LoginRefused(
            "saml-name-id", "a NameID inside the EncryptedID", quoted(str(found.tag)), "Encrypt a NameID there."
        )
    return found


def read_name_id(elements: list[Element]) -> NameId:
    """The one NameID among these elements. Raises LoginRefused."""
    value = text_of(elements[0]) if elements else ""
    if len(elements) != 1 or not 0 < len(value) <= _LIMIT:
        raise _not_one(f"{len(elements)} of {len(value)}")
    parts = {name: elements[0].get(attribute, "") for name, attribute in _PARTS.items()}
    if any(len(part) > _LIMIT_OF_A_PART for part in parts.values()):
        raise _not_one(f"one whose format or qualifier is longer than {_LIMIT_OF_A_PART}")
    return NameId(value, **parts)


def _not_one(received: str) -> LoginRefused:
    return LoginRefused("saml-name-id", f"one NameID of at most {_LIMIT} characters", received)

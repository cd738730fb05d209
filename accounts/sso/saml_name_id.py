"""PURE. A NameID with what belongs to it (SAML core 2.2.2), as an assertion gave it and a logout message repeats it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from accounts.sso.refusal import LoginRefused
from accounts.sso.saml_fields import text_of
from accounts.sso.saml_shape import Element, refused

UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
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

    def key(self, idp_entity_id: str, sp_entity_id: str) -> str:
        """Equal for two that mean the same person: what is left out has the value that the standard gives it."""
        return json.dumps(
            [
                self.value,
                self.format or UNSPECIFIED,
                self.name_qualifier or idp_entity_id,
                self.sp_name_qualifier or sp_entity_id,
            ]
        )

    def hints(self, idp_entity_id: str, sp_entity_id: str) -> dict[str, str]:
        """What is kept beside a session: `name_id` to find it by, the rest to say the same name again at logout."""
        parts = {name: getattr(self, name) for name in _PARTS if getattr(self, name)}
        return {"name_id": self.key(idp_entity_id, sp_entity_id), "name_id_value": self.value, **parts}

    def attributes(self) -> dict[str, str]:
        """The XML attributes, as they came."""
        return {attribute: getattr(self, name) for name, attribute in _PARTS.items() if getattr(self, name)}


def name_id_of(hints: Mapping[str, str]) -> NameId | None:
    """The NameID that was kept; None where there was none."""
    value = hints.get("name_id_value", "")
    return NameId(value, **{name: hints.get(name, "") for name in _PARTS}) if value else None


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
    return refused(
        "name-id",
        f"one NameID of at most {_LIMIT} characters",
        received,
        "Choose a short, lasting attribute as NameID for this application.",
    )

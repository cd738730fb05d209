"""PURE. A message decoded for an admin's eyes: its structure whole, its values masked but for those that are used.

Signatures, keys, ciphers, session names and attributes that nothing is read from are shown by their length alone.
"""

import base64
import json
import re
from collections.abc import Collection, Mapping
from copy import deepcopy
from typing import Any

from lxml import etree

from accounts.sso.attributes.reading import read_groups
from accounts.sso.saml.shape import DS, NAME_ID, SAML, Element
from common import strict_json
from common.texts import storable

LIMIT = 20_000  # characters that are kept
_VALUE_LIMIT, _LIST_LIMIT = 500, 10_000  # characters of one value; of one that may be a whole list
_TOKEN_LIMIT = 100_000  # characters of a token that is decoded before it is verified
_VALUE, _ATTRIBUTE = f"{{{SAML}}}AttributeValue", f"{{{SAML}}}Attribute"
_SHOWN_TEXT = frozenset(f"{{{SAML}}}{name}" for name in ("Issuer", "Audience", "AuthnContextClassRef"))
_MASKED_ATTRIBUTES = frozenset({"SessionIndex"})
_SHOWN_HEADER = frozenset({"alg", "kid", "typ", "crit"})
_SHOWN_CLAIMS = frozenset("iss aud azp sub exp iat nbf auth_time tid oid ver acct email_verified xms_edov amr".split())
_MASK = re.compile(r"… \(\d+ characters\)")


def masked(text: str) -> str:
    return f"… ({len(text)} characters)"


def without_masked(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """What of attributes from a record is a value: a name of which all is masked is left out."""

    def is_masked(value: object) -> bool:
        return isinstance(value, str) and _MASK.fullmatch(value.strip()) is not None

    return {
        name: value
        for name, value in attributes.items()
        if not _values(value) or not all(map(is_masked, _values(value)))
    }


def masked_attributes(
    attributes: Mapping[str, object], shown: Collection[str], lists: Collection[str] = ()
) -> dict[str, list[str]]:
    """Name -> values, those of names that are not `shown` masked. At most 200 names and 200 values of each.

    `lists`: names of which it matters whether a list was sent. All else is kept as JSON, so that it reads the same.
    """
    return {
        storable(name[:200]): [
            masked(str(value)) if name not in shown else _shown(value, _LIST_LIMIT if name in lists else _VALUE_LIMIT)
            for value in (_as_it_came(values) if name in lists else _values(values))
        ]
        for name, values in list(attributes.items())[:200]
    }


def _as_it_came(value: object) -> list[object]:
    """Texts, or one JSON text; a list of one text is JSON too where that text alone would be read as something else."""
    texts = _values(value)
    if not all(isinstance(one, str) for one in (value if isinstance(value, list | tuple) else texts)):
        return [json.dumps(value, ensure_ascii=False, default=str)]
    is_list_of_one = isinstance(value, list) and len(value) == 1
    if is_list_of_one and read_groups(texts[0]) != read_groups(value):
        return [json.dumps(value, ensure_ascii=False)]
    return texts


def masked_xml(message: Element, shown: Collection[str]) -> str:
    """`shown`: names of attributes whose values are used."""
    copy = deepcopy(message)
    for element in copy.iter():
        if element.text and element.text.strip() and not _is_shown(element, shown):
            element.text = masked(element.text.strip())
        for name in _MASKED_ATTRIBUTES.intersection(element.attrib):
            element.set(name, masked(element.get(name, "")))
    etree.indent(copy)
    return etree.tostring(copy, encoding="unicode")[:LIMIT]


def masked_token(compact: str, shown: Collection[str]) -> str:
    """Header and claims of a compact JWS as JSON, before anything of it is verified; of what is none, its length."""
    if len(compact) > _TOKEN_LIMIT:
        return masked(compact)
    header, claims = (_object(part) for part in (*compact.split("."), "", "")[:2])
    masks = {name: value if name in _SHOWN_HEADER else masked(str(value)) for name, value in header.items()}
    return f"{_as_json(masks)}\n{masked_claims(claims, shown)}"[:LIMIT]


def masked_claims(claims: Mapping[str, Any], shown: Collection[str]) -> str:
    """The claims of an ID token as JSON."""
    used = _SHOWN_CLAIMS.union(shown)
    return _as_json({name: value if name in used else masked(str(value)) for name, value in claims.items()})


def _as_json(members: Mapping[str, Any]) -> str:
    return storable(json.dumps(members, indent=2, ensure_ascii=False, default=str))[:LIMIT]


def _object(part: str) -> dict[str, Any]:
    """A part of a token; empty when it is no JSON object."""
    try:
        found = strict_json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _is_shown(element: Element, shown: Collection[str]) -> bool:
    if element.tag == _VALUE:
        parent = element.getparent()
        return parent is not None and parent.tag == _ATTRIBUTE and parent.get("Name", "") in shown
    if str(element.tag).startswith(f"{{{DS}}}"):
        return False
    return element.tag in _SHOWN_TEXT or element.tag == NAME_ID


def _values(value: object) -> list[object]:
    return list(value[:200]) if isinstance(value, list | tuple) else [value]


def _shown(value: object, limit: int) -> str:
    return storable(str(value)[:limit])

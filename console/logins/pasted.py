"""PURE. What an admin pasted into what-if: attributes as JSON, an ID token raw or decoded, or a SAML response.

Nothing here is verified, and nothing that comes of it is saved: it only says which attributes to try.
"""

import base64
import binascii
import json
import re
from typing import Any

from accounts.sso.refusal import LoginRefused
from accounts.sso.saml.checks import value_of
from accounts.sso.saml.shape import ASSERTION, NAME_ID, SAML, Element, parse

LIMIT = 200_000  # characters
_COMPACT = re.compile(r"\s*[A-Za-z0-9_-]+\.([A-Za-z0-9_-]+)\.[A-Za-z0-9_-]*\s*")


def unverified_attributes(text: str) -> dict[str, Any]:
    """Attribute or claim name -> value. Raises LoginRefused with a sentence for the form."""
    text = text.strip()
    if len(text) > LIMIT:
        raise _unreadable(f"{len(text):,} characters", f"at most {LIMIT:,}")
    if text.startswith("{"):
        return _object(text)
    if match := _COMPACT.fullmatch(text):
        return _object(_decoded(match[1] + "=" * (-len(match[1]) % 4)).decode("utf-8", "replace"))
    return _assertion(text.encode() if text.startswith("<") else _decoded(text))


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" at line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise _unreadable(f"something that is not JSON{where}") from None
    if not isinstance(found, dict):
        raise _unreadable("JSON that is not an object")
    return found


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()).replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        raise _unreadable("text that is neither JSON, nor a token, nor XML, nor base64") from None


def _assertion(document: bytes) -> dict[str, Any]:
    assertion = next(parse(document).iter(ASSERTION), None)
    if assertion is None:
        raise _unreadable("a SAML message without a readable assertion (an encrypted one cannot be tried out)")
    found: dict[str, Any] = {}
    for attribute in assertion.iter(f"{{{SAML}}}Attribute"):
        values = [value_of(value) for value in attribute.iterfind(f"{{{SAML}}}AttributeValue")]
        found.setdefault(attribute.get("Name", ""), []).extend(values)
    name_id = _first(assertion, NAME_ID)
    return {"NameID": name_id, **found} if name_id else found


def _first(element: Element, tag: str) -> str:
    found = next(element.iter(tag), None)
    return (found.text or "").strip() if found is not None else ""


def _unreadable(received: str, expected: str = "") -> LoginRefused:
    return LoginRefused(
        "what-if-unreadable", expected or "attributes as a JSON object, an ID token, or a SAML response", received
    )

"""PURE. From attributes or claims to the fields of a person, the same for both protocols (`protocol.md` 8.3)."""

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from accounts.sso.claims import Names, all_texts, first_text, text_values

_EMAIL = re.compile(r"[^\s\x00-\x1f\x7f@<>\"(),:;\[\]\\]+@[^\s\x00-\x1f\x7f@<>\"(),:;\[\]\\]+")
_EMAIL_LIMIT = 254  # RFC 5321 4.5.3.1.3, less the angle brackets
_SHOWN_NAMES = 40
_NO_NAMES: Mapping[str, str] = MappingProxyType({})


def is_email(text: str) -> bool:
    """Whether this has the shape of an e-mail address; says nothing about whose it is."""
    return len(text) <= _EMAIL_LIMIT and _EMAIL.fullmatch(text) is not None


def profile(attributes: Mapping[str, object], names: Names, own: Mapping[str, str] = _NO_NAMES) -> dict[str, Any]:
    """The fields of `IdentityClaims` that are read by name. `names`: `Vendor.names(...)`; `own`: the names the admin
    set on the connection, each one that did not arrive gives a remark. `email` is empty when none has the right shape.
    """
    texts = {name: first_text(attributes, names.get(name, ())) for name in _TEXT_FIELDS}
    return {
        **texts,
        "email": email(attributes, names),
        "space_names": all_texts(attributes, names.get("space_name", ())),
        "space_roles": all_texts(attributes, names.get("space_role", ())),
        "group_ids": group_ids(attributes, names.get("groups", ())),
        "remarks": missing_names(attributes, own),
    }


_TEXT_FIELDS = ("first_name", "last_name", "timezone", "account_role")


def email(attributes: Mapping[str, object], names: Names) -> str:
    """The first value of the e-mail attributes that has the shape of an address, else empty."""
    candidates = (first_text(attributes, (name,)) for name in names.get("email", ()))
    return first_email(candidates)


def first_email(candidates: Iterable[str]) -> str:
    """The first of these that has the shape of an e-mail address, trimmed; else empty."""
    return next((text.strip() for text in candidates if is_email(text.strip())), "")


def group_ids(attributes: Mapping[str, object], names: tuple[str, ...]) -> tuple[str, ...] | None:
    """None: the IdP said nothing about groups; (): it said that there are none (`protocol.md` section 9).

    A value that is no list and no text (a number is text enough) is as good as nothing said.
    """
    for name in names:
        value = attributes.get(name)
        if isinstance(value, list | tuple | str) or (isinstance(value, int) and not isinstance(value, bool)):
            return text_values(value)
    return None


def missing_names(attributes: Mapping[str, object], own: Mapping[str, str]) -> tuple[str, ...]:
    """A sentence for each attribute name set on the connection that did not arrive."""
    return tuple(
        f"The connection reads {field} from “{name}”, which did not arrive. {arrived(attributes)}"
        for field, name in sorted(own.items())
        if name and name not in attributes
    )


def arrived(attributes: Iterable[str]) -> str:
    """The names that did arrive, as a sentence."""
    names = sorted(attributes)
    if not names:
        return "No attribute arrived at all."
    listed = ", ".join(f"“{name[:200]}”" for name in names[:_SHOWN_NAMES])
    more = f" and {len(names) - _SHOWN_NAMES} more" if len(names) > _SHOWN_NAMES else ""
    return f"What arrived: {listed}{more}."

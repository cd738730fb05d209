"""PURE. Reads the value that a filter compares an attribute with, or refuses it as `invalidFilter`."""

from datetime import datetime

from common import timestamps
from scim.attributes import Attribute
from scim.errors import ScimError, invalid_filter, quoted, type_name

_TRUTHS = {"true": True, "false": False}
_NOT_FOR_DATES = {"co", "sw", "ew"}


def text(attribute: Attribute, value: object) -> str:
    """A string that a database can hold. Raises ScimError, as all of these."""
    if not isinstance(value, str):
        raise _unfit(attribute, "text in quotation marks", value)
    try:
        value.encode()
    except UnicodeEncodeError:
        raise invalid_filter(f"Expected text for {attribute.name}; received half a surrogate pair.") from None
    if "\0" in value:
        raise invalid_filter(f"Expected text for {attribute.name}; received a NUL character.")
    return value


def truth(attribute: Attribute, operator: str, value: object) -> bool:
    """true or false; Entra puts them in quotation marks (P02)."""
    if operator != "eq":
        raise unfit_operator(attribute, operator, "eq, ne or pr")
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and (known := _TRUTHS.get(value.lower())) is not None:
        return known
    raise _unfit(attribute, "true or false", value)


def instant(attribute: Attribute, operator: str, value: object) -> datetime:
    """A time in UTC; xsd:dateTime without a zone is taken as UTC."""
    if operator in _NOT_FOR_DATES:
        raise unfit_operator(attribute, operator, "eq, ne, gt, ge, lt, le or pr")
    try:
        return timestamps.read(text(attribute, value))
    except ValueError:
        raise _unfit(attribute, "a moment such as '2026-03-01T10:00:00Z'", value) from None


def unfit_operator(attribute: Attribute, operator: str, known: str) -> ScimError:
    return invalid_filter(f"Expected {known} for {attribute.name}; received {operator}.")


def _unfit(attribute: Attribute, expected: str, value: object) -> ScimError:
    received = quoted(value) if isinstance(value, str) else type_name(value)
    return invalid_filter(f"Expected {expected} for {attribute.name}; received {received}.")

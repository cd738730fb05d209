"""Query parameters: from the address of a GET, or from the body of a `.search` (RFC 7644 section 3.4.3)."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from scim import errors


@dataclass(frozen=True)
class Wanted:
    """Values as sent: `scim.listing.paging` and `scim.filters.filters` check them. None: not sent."""

    attributes: tuple[str, ...] = ()
    excluded_attributes: tuple[str, ...] = ()
    filter_text: str = ""
    sort_by: str = ""
    sort_order: str = ""
    start_index: str | int | None = None
    count: str | int | None = None
    cursor: str | None = None


def from_query(query: QueryDict) -> Wanted:
    """Unknown parameters are ignored (C09). Raises ScimError 400 for one that no database can hold."""
    if any("\0" in value for value in query.values()):
        raise errors.invalid_value("Expected query parameters without a NUL character.")
    return Wanted(
        attributes=_names(query.get("attributes", "")),
        excluded_attributes=_names(query.get("excludedAttributes", "")),
        filter_text=query.get("filter", ""),
        sort_by=query.get("sortBy", ""),
        sort_order=query.get("sortOrder", ""),
        start_index=query.get("startIndex"),
        count=query.get("count"),
        cursor=query.get("cursor"),
    )


def from_body(body: Any) -> Wanted:
    """Raises ScimError 400 for a body that is no SearchRequest."""
    if not isinstance(body, dict):
        raise errors.invalid_syntax(f"Expected a SearchRequest, a JSON object; received {errors.type_name(body)}.")
    return Wanted(
        attributes=_listed(body, "attributes"),
        excluded_attributes=_listed(body, "excludedAttributes"),
        filter_text=_text(body, "filter") or "",
        sort_by=_text(body, "sortBy") or "",
        sort_order=_text(body, "sortOrder") or "",
        start_index=_number(body, "startIndex"),
        count=_number(body, "count"),
        cursor=_text(body, "cursor"),
    )


def _names(text: str) -> tuple[str, ...]:
    """Names between commas."""
    return tuple(name.strip() for name in text.split(",") if name.strip())


def _listed(body: dict[str, Any], name: str) -> tuple[str, ...]:
    value = body.get(name)
    if isinstance(value, str):
        return _names(value)
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise errors.invalid_value(f"Expected a list of attribute names in '{name}'.")
    return tuple(value)


def _text(body: dict[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is None or isinstance(value, str):
        return value
    raise errors.invalid_value(f"Expected a string in '{name}'; received {errors.type_name(value)}.")


def _number(body: dict[str, Any], name: str) -> str | int | None:
    value = body.get(name)
    if value is None or (isinstance(value, int | str) and not isinstance(value, bool)):
        return value
    raise errors.invalid_value(f"Expected an integer in '{name}'; received {errors.type_name(value)}.")

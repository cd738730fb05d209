"""What a filter means, in plain Python over the resources that a client sees: the measure for what SQL finds."""

import operator
from collections.abc import Callable
from datetime import datetime
from typing import Any

from scim2_models.path import Comparison, FilterNode, LogicalExpr, LogicalOperator, Not, Present, ScimFilter, ValuePath

from common.folding import nfc
from scim.attributes import ENTERPRISE, Attribute, find

_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "co": operator.contains,
    "sw": str.startswith,
    "ew": str.endswith,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}


def found(resources: dict[str, dict[str, Any]], filter_text: str) -> set[str]:
    """The userNames of those that match."""
    node = ScimFilter(filter_text).ast
    return {name for name, resource in resources.items() if _matches(resource, node)}


def _matches(resource: dict[str, Any], node: FilterNode, inside: str = "") -> bool:
    if isinstance(node, LogicalExpr):
        join = all if node.op == LogicalOperator.and_ else any
        return join([_matches(resource, term, inside) for term in node.terms])
    if isinstance(node, Not):
        return not _matches(resource, node.expr, inside)
    if isinstance(node, ValuePath):
        return _selects(resource, node)
    assert isinstance(node, Comparison | Present)
    attribute = find(inside + str(node.attr_path))
    assert attribute is not None
    if isinstance(node, Present):
        return bool(_values(resource, attribute, inside))
    if attribute.key == "primary":  # left out, it is false (RFC 7643 section 2.4)
        resource = _with_primary(resource, inside)
    return _compares(attribute, _values(resource, _valued(attribute), inside), node.op.value, node.value)


def _with_primary(resource: dict[str, Any], inside: str) -> dict[str, Any]:
    if inside:
        return {"primary": False, **resource}
    lists = {name: value for name, value in resource.items() if name in ("emails", "phoneNumbers")}
    return {name: [{"primary": False, **entry} for entry in entries] for name, entries in lists.items()}


def _selects(resource: dict[str, Any], node: ValuePath) -> bool:
    name = find(str(node.attr_path)).name  # type: ignore[union-attr]
    return any(_matches(entry, node.val_filter, f"{name}.") for entry in resource.get(name, []))


def _valued(attribute: Attribute) -> Attribute:
    return find(f"{attribute.name}.value") or attribute if attribute.type == "complex" else attribute


def _values(resource: dict[str, Any], attribute: Attribute, inside: str) -> list[Any]:
    """Every value at the attribute's path that is there."""
    path = attribute.name.removeprefix(inside)
    holder = resource.get(ENTERPRISE, {}) if attribute.schema == ENTERPRISE else resource
    values = [holder]
    for key in path.split("."):
        below = [value.get(key) for value in values if isinstance(value, dict)]
        values = [item for value in below for item in (value if isinstance(value, list) else [value])]
    return [value for value in values if value is not None and value != ""]


def _compares(attribute: Attribute, values: list[Any], named: str, wanted: Any) -> bool:
    if named == "ne":
        return not _compares(_valued(attribute), values, "eq", wanted)
    if wanted is None:
        return not values
    compare = _OPERATORS[named]
    return any(compare(_comparable(attribute, value), _comparable(attribute, wanted)) for value in values)


def _comparable(attribute: Attribute, value: Any) -> Any:
    if attribute.type == "dateTime":
        return datetime.fromisoformat(value)
    if attribute.type == "boolean":
        return value if isinstance(value, bool) else value.lower() == "true"
    if not isinstance(value, str) or _valued(attribute).case_exact:
        return value
    return nfc(nfc(value).casefold())

"""The order of a list (RFC 7644 section 3.4.2.3). People without a value come last, or first when descending."""

from django.db.models import Case, Expression, F, Value, When
from django.db.models.expressions import OrderBy
from django.db.models.functions import NullIf

from accounts.models.user import UserState
from scim.attributes import Attribute, find
from scim.errors import invalid_value, quoted
from scim.filters.columns import USER_NAME_KEY, text_of
from scim.filters.text_search import Comparable

_ORDERS = {"": False, "ascending": False, "descending": True}
_EMAIL = NullIf(Comparable(F("email_key"), fold=False), Value(""))  # the primary one stands for the list
_EXPRESSIONS: dict[str, Expression | F] = {
    "id": F("id"),
    "userName": Comparable(USER_NAME_KEY, fold=False),
    "active": Case(When(state=UserState.DEPROVISIONED, then=Value(0)), default=Value(1)),
    "emails": _EMAIL,
    "emails.value": _EMAIL,
}


def ordering(sort_by: str, sort_order: str) -> list[OrderBy | str]:
    """What to order by; always ends so that every page of a query is cut from the same order. Raises ScimError."""
    descending = _ORDERS.get(sort_order.strip().lower())
    if descending is None:
        raise invalid_value(f"Expected sortOrder ascending or descending; received {quoted(sort_order)}.")
    if not sort_by:
        return ["-number" if descending else "number"]
    attribute = find(sort_by)
    if attribute is None or not attribute.sortable:
        raise invalid_value(f"Expected sortBy to name an attribute to sort by; received {quoted(sort_by)}.")
    expression = _expression(attribute)
    if descending:
        return [OrderBy(expression, descending=True, nulls_first=True), "number"]
    return [OrderBy(expression, nulls_last=True), "number"]


def _expression(attribute: Attribute) -> Expression | F:
    if attribute.name in _EXPRESSIONS:
        return _EXPRESSIONS[attribute.name]
    if attribute.type == "dateTime":
        return F(attribute.column)
    return NullIf(Comparable(text_of(attribute), fold=not attribute.case_exact), Value(""))

"""What it means to compare each attribute of the table with a value: a condition of the ORM.

Every condition is true or false, never NULL, so that `not (...)` and `ne` are its opposite. With a value that a user
does not have, nothing compares but `ne`.
"""

from collections.abc import Callable
from functools import reduce
from operator import or_

from django.db.models import Case, Expression, F, Q, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, Concat, Length, NullIf, StrIndex, Substr, Trim

from accounts.models.user import UserOrigin, UserState
from common.folding import fold
from scim.attributes import Attribute, find, issued_id, parts_of
from scim.errors import invalid_filter
from scim.filters import value_paths
from scim.filters import values as filter_values
from scim.filters.text_search import TextComparison
from scim.filters.value_paths import NOBODY

_EVERYBODY = Q(pk__isnull=False)
IS_OUT = Q(state=UserState.DEPROVISIONED)
IS_IN = ~IS_OUT
_ALWAYS_PRESENT = {"id", "userName", "active", "meta", "meta.resourceType", "meta.created", "meta.lastModified"}
_DATE_LOOKUPS = {"eq": "exact", "gt": "gt", "ge": "gte", "lt": "lt", "le": "lte"}

# Where the attributes stand, as `scim.users.resources` shows them.
# Folded when it was stored. A user created by a login and never provisioned shows the e-mail as userName.
USER_NAME_KEY = Coalesce(NullIf(F("user_name_key"), Value("")), F("email_key"))
USER_NAME = Coalesce(NullIf(F("user_name"), Value("")), F("email"))

_FULL_NAME = Trim(Concat(F("first_name"), Value(" "), F("last_name")))
_AT = Coalesce(NullIf(StrIndex(F("email"), Value("@")), Value(0)), Length(F("email")) + 1)
_LOCAL_PART = Substr(F("email"), 1, _AT - 1)
# `resources` shows part of the address as the name of users without a known name.
_HAS_STAND_IN = (
    Q(first_name="", last_name="") & ~Q(origin=UserOrigin.SCIM) & ~Q(scim_attributes__has_key="name.formatted")
)

# Shown, though nothing is stored there.
_DERIVED: dict[str, Expression] = {
    "meta.resourceType": Value("User"),
    "name.formatted": Coalesce(KeyTextTransform("name.formatted", "scim_attributes"), _FULL_NAME),
    "name.givenName": Case(When(_HAS_STAND_IN, then=_LOCAL_PART), default=F("first_name")),
    "name.familyName": Case(When(_HAS_STAND_IN, then=_LOCAL_PART), default=F("last_name")),
}

Rule = Callable[[Attribute, str, object], Q]


def compare(attribute: Attribute, operator: str, value: object) -> Q:
    """That the attribute stands to the value as the operator says. Raises ScimError (`invalidFilter`)."""
    attribute = _compared(attribute)
    if operator == "ne":
        return ~compare(attribute, "eq", value)
    if value is None:
        if operator != "eq":
            raise filter_values.unfit_operator(attribute, operator, "eq or ne with null")
        return ~present(attribute)
    if _is_part_of_list(attribute):
        return value_paths.compare_part(attribute, operator, value)
    rule = _RULES.get(attribute.name) or _RULES.get(attribute.type, _compare_text)
    return rule(attribute, operator, value)


def present(attribute: Attribute) -> Q:
    """That the user has a value there."""
    if attribute.name in _ALWAYS_PRESENT:
        return _EVERYBODY
    has_no_value = attribute.type == "complex" and find(f"{attribute.name}.value") is None
    if (attribute.multi_valued or _is_part_of_list(attribute)) and not has_no_value:
        return value_paths.present_part(_compared(attribute))
    if attribute.type == "complex":
        return reduce(or_, map(present, parts_of(attribute)))
    return Q(TextComparison(text_of(attribute), "gt", "", fold=False))


def _compared(attribute: Attribute) -> Attribute:
    """RFC 7644 section 3.4.2.2: `emails co "x"` looks at the values."""
    if attribute.type != "complex":
        return attribute
    value = find(f"{attribute.name}.value")
    if value is None:
        known = ", ".join(part.name for part in parts_of(attribute))
        raise invalid_filter(f"Expected one of {known}; received {attribute.name}, which holds several values.")
    return value


def _is_part_of_list(attribute: Attribute) -> bool:
    around = find(attribute.parent)
    return around is not None and around.multi_valued


def _compare_id(attribute: Attribute, operator: str, value: object) -> Q:
    if operator != "eq":
        raise filter_values.unfit_operator(attribute, operator, "eq, ne or pr")
    key = issued_id(filter_values.text(attribute, value))
    return Q(pk=key) if key else NOBODY


def _compare_user_name(attribute: Attribute, operator: str, value: object) -> Q:
    text = filter_values.text(attribute, value)
    key = fold(text)
    if operator != "eq":
        found = Q(TextComparison(USER_NAME_KEY, operator, key, fold=False))
        # A key has its e-mail's domain in IDNA, so part of the domain's own spelling is looked for as it was sent.
        return found if text.isascii() else found | Q(TextComparison(USER_NAME, operator, text, fold=True))
    return Q(user_name_key=key) | Q(user_name_key="", email_key=key) if key else NOBODY


def _compare_active(attribute: Attribute, operator: str, value: object) -> Q:
    return IS_IN if filter_values.truth(attribute, operator, value) else IS_OUT


def _compare_date(attribute: Attribute, operator: str, value: object) -> Q:
    wanted = filter_values.instant(attribute, operator, value)
    return Q(**{f"{attribute.column}__{_DATE_LOOKUPS[operator]}": wanted})


def _compare_text(attribute: Attribute, operator: str, value: object) -> Q:
    wanted = filter_values.text(attribute, value)
    if attribute.column and attribute.case_exact and operator == "eq":
        return Q(**{attribute.column: wanted}) if wanted else NOBODY
    return Q(TextComparison(text_of(attribute), operator, wanted, fold=not attribute.case_exact))


def text_of(attribute: Attribute) -> Expression | F:
    """The attribute's text; NULL or "" where there is none."""
    if attribute.name in _DERIVED:
        return _DERIVED[attribute.name]
    if attribute.column:
        return F(attribute.column)
    return KeyTextTransform(attribute.path, "scim_attributes")


_RULES: dict[str, Rule] = {
    "id": _compare_id,
    "userName": _compare_user_name,
    "boolean": _compare_active,
    "dateTime": _compare_date,
}

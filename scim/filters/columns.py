"""Where the table's attributes stand in SQL, as `scim.users.resources` shows them."""

from django.db.models import Case, Expression, F, Q, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, Concat, Length, NullIf, StrIndex, Substr, Trim

from accounts.models.user import UserOrigin
from scim.attributes import Attribute

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


def text_of(attribute: Attribute) -> Expression | F:
    """The attribute's text; NULL or "" where there is none."""
    if attribute.name in _DERIVED:
        return _DERIVED[attribute.name]
    if attribute.column:
        return F(attribute.column)
    return KeyTextTransform(attribute.path, "scim_attributes")

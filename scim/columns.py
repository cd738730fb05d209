"""Where the table's attributes stand in SQL, as `scim.resources` shows them."""

from django.db.models import Expression, F, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Coalesce, Concat, NullIf, Trim

from scim.attributes import Attribute

# Folded when it was stored. Who came by a login and was never provisioned shows the e-mail as userName.
USER_NAME_KEY = Coalesce(NullIf(F("user_name_key"), Value("")), F("email_key"))
_FULL_NAME = Trim(Concat(F("first_name"), Value(" "), F("last_name")))


def text_of(attribute: Attribute) -> Expression | F:
    """The attribute's text; NULL or "" where there is none."""
    if attribute.name == "meta.resourceType":
        return Value("User")
    if attribute.column:
        return F(attribute.column)
    kept: Expression = KeyTextTransform(attribute.path, "scim_attributes")
    return Coalesce(kept, _FULL_NAME) if attribute.name == "name.formatted" else kept

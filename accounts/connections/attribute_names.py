"""PURE. User fields for which a connection can name the attribute or claim."""

FIELDS = (
    "subject",
    "email",
    "first_name",
    "last_name",
    "timezone",
    "space_name",
    "space_role",
    "groups",
    "account_role",
)

"""PURE. The fields of a person for which a connection says which attributes or claims they are read from."""

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

"""PURE. Labels and help texts of a connection's settings."""

FIELD_WORDS = {
    "subject": ("Subject", "The permanent identifier of a user. Changing this unlinks existing users."),
    "email": ("Email", ""),
    "first_name": ("First name", ""),
    "last_name": ("Last name", ""),
    "timezone": ("Time zone", "An IANA name such as Europe/Berlin."),
    "space_name": ("Spaces", "Space names, separated by commas."),
    "space_role": ("Space roles", "In the same order as the spaces."),
    "groups": ("Groups", "Identifiers of the user's groups, as entered on the groups here."),
    "account_role": ("Account role", "Only roles selected under User access are assigned."),
}

JIT_WORDS = {
    "on": "all users of the identity provider",
    "announced": "only provisioned users",
    "off": "no new users",
}

"""PURE. Label and help text of each field that a connection reads from an attribute or claim."""

FIELD_WORDS = {
    "subject": ("Who it is", "Tells people apart for ever. Another name here makes strangers of all who came before."),
    "email": ("Email", ""),
    "first_name": ("First name", ""),
    "last_name": ("Last name", ""),
    "timezone": ("Time zone", "An IANA name such as Europe/Berlin."),
    "space_name": ("Spaces", "Names of spaces, separated by commas."),
    "space_role": ("Space roles", "In the same order as the spaces."),
    "groups": ("Groups", "Identifiers of the groups somebody is in, as entered in our groups."),
    "account_role": ("Account role", "Works for roles that are listed under People as ones the provider may grant."),
}

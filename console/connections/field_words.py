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

# Where the vendor has no word of its own.
SETTING_WORDS = {
    "idp_entity_id": "Issuer",
    "sso_url": "Single sign-on URL",
    "sso_by_post": "Send requests by POST",
    "metadata_url": "Metadata URL",
    "slo_url": "Single logout URL",
    "slo_response_url": "Single logout response URL",
    "slo_by_post": "Single logout by POST",
    "issuer": "Issuer",
    "tenant_id": "Tenant ID",
    "client_id": "Client ID",
    "flow": "Flow",
    "force_authn": "Require a new sign-in (ForceAuthn)",
    "name_id_policy": "Requested NameID format",
    "authn_contexts": "Requested authentication contexts",
    "authn_comparison": "Comparison of authentication contexts",
    "accept_response_signature_over_encryption": "Accept encrypted assertions without their own signature",
    "client_auth": "Client authentication",
    "extra_scopes": "Extra scopes",
    "prompt": "Prompt",
    "max_age": "Maximum authentication age (seconds)",
    "acr_values": "Authentication context (acr_values)",
    "omit_login_hint": "Do not send login_hint",
}

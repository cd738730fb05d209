"""PURE. Refusals of OpenID Connect: the provider's documents, its tokens, and logout tokens."""

from accounts.sso.refusals.row import Part, Row, Side

_IDP, _TORQUE = Side.IDENTITY_PROVIDER, Side.TORQUE
# For a token that no known provider writes like this.
MALFORMED = (
    "OpenID providers do not write tokens like this one: show it to the support of yours, and look for a proxy or"
    " browser extension that changes what passes."
)
_CLOCKS = "Compare both clocks with a time server."
_CLIENT_ID = "Check the client ID of the connection against the application at the identity provider."

_ANSWER = (
    Row(
        "oidc-discovery",
        Part.REQUEST,
        _TORQUE,
        "Save the issuer again on the connection's tab “Identity provider”: it is checked there, and the one that the"
        " provider publishes is offered.",
        "issuer",
    ),
    Row(
        "oidc-answer-issuer",
        Part.ANSWER,
        _IDP,
        "Compare the connection's issuer with the one the provider publishes. If they are equal, another provider"
        " answered in its place: start again, and contact support if it persists.",
        "issuer",
    ),
    Row("oidc-flow", Part.ANSWER, _IDP, setting="flow"),
    Row(
        "oidc-token-endpoint",
        Part.ANSWER,
        _IDP,
        "Look the error up in the identity provider's own sign-in log.",
        "secret",
    ),
    Row("oidc-malformed", Part.ANSWER, _IDP, MALFORMED),
    Row("oidc-token-type", Part.ANSWER, _IDP, MALFORMED),
    Row(
        "oidc-too-large",
        Part.ANSWER,
        _IDP,
        "Send fewer claims, for example only the groups assigned to the application.",
        "groups",
    ),
)

_SIGNATURE = (
    Row("oidc-algorithm", Part.SIGNATURE, _IDP, setting="algorithm"),
    Row("oidc-critical-header", Part.SIGNATURE, _IDP, MALFORMED),
    Row("oidc-key-id", Part.SIGNATURE, _IDP, MALFORMED),
    Row(
        "oidc-unknown-key",
        Part.SIGNATURE,
        _IDP,
        "If the provider has just changed its keys, try again in five minutes.",
    ),
    Row(
        "oidc-signature",
        Part.SIGNATURE,
        _IDP,
        "If the provider has just changed its keys, try again in five minutes; if not, somebody or something changed"
        " the token after it was signed.",
        "certificate",
    ),
)

_CONDITIONS = (
    *(
        Row(code, Part.CONDITIONS, _IDP, _CLOCKS, "clock")
        for code in ("oidc-expired", "oidc-not-yet-valid", "oidc-issued-in-future", "oidc-too-old")
    ),
    Row("oidc-time-claim", Part.CONDITIONS, _IDP, MALFORMED),
    Row("oidc-c-hash", Part.CONDITIONS, _IDP, MALFORMED),
    Row("oidc-at-hash", Part.CONDITIONS, _IDP, MALFORMED),
    Row("oidc-nonce", Part.CONDITIONS, Side.USER, "Start again from the sign-in page."),
    Row("oidc-issuer", Part.CONDITIONS, _TORQUE, "Check the issuer or tenant of the connection.", "issuer"),
    Row("oidc-tenant", Part.CONDITIONS, _TORQUE, "Check the tenant ID of the connection.", "issuer"),
    Row("oidc-audience", Part.CONDITIONS, _TORQUE, _CLIENT_ID, "audience"),
    Row("oidc-authorized-party", Part.CONDITIONS, _IDP, _CLIENT_ID, "audience"),
    Row(
        "oidc-auth-time",
        Part.CONDITIONS,
        _IDP,
        "Let the application send the claim auth_time, or remove the maximum age from the connection.",
    ),
)

_PERSON = (
    Row("oidc-subject", Part.PERSON, _IDP, MALFORMED, "subject"),
    Row(
        "oidc-userinfo-subject",
        Part.PERSON,
        _IDP,
        "Show this to the provider's support, or let the application put e-mail and groups into the ID token.",
    ),
)

_LOGOUT = tuple(
    Row(code, Part.CONDITIONS, _IDP) for code in ("logout-events", "logout-nobody", "logout-nonce", "logout-replayed")
)

ROWS = (*_ANSWER, *_SIGNATURE, *_CONDITIONS, *_PERSON, *_LOGOUT)

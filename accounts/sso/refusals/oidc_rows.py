"""PURE. Refusals of OpenID Connect: the provider's documents, its tokens, and logout tokens."""

from accounts.sso.refusals.row import Part, Row, Side, of

_TORQUE = Side.TORQUE
# For a token that no known provider writes like this.
MALFORMED = (
    "OpenID providers do not write tokens like this one: show it to the support of yours, and look for a proxy or"
    " browser extension that changes what passes."
)
_CLOCKS = "Compare both clocks with a time server."
_CLIENT_ID = "Check the client ID of the connection against the application at the identity provider."

ROWS = of(
    Part.REQUEST,
    Row(
        "oidc-discovery",
        "Save the issuer again on the connection's tab “Identity provider”: it is checked there, and the one that the"
        " provider publishes is offered.",
        "issuer",
        side=_TORQUE,
    ),
)

ROWS += of(
    Part.ANSWER,
    Row(
        "oidc-answer-issuer",
        "Compare the connection's issuer with the one the provider publishes. If they are equal, another provider"
        " answered in its place: start again, and contact support if it persists.",
        "issuer",
    ),
    Row("oidc-flow", setting="flow"),
    Row("oidc-token-endpoint", "Look the error up in the identity provider's own sign-in log.", "secret"),
    Row("oidc-malformed", MALFORMED),
    Row("oidc-token-type", MALFORMED),
    Row("oidc-too-large", "Send fewer claims, for example only the groups assigned to the application.", "groups"),
)

ROWS += of(
    Part.SIGNATURE,
    Row("oidc-algorithm", setting="algorithm"),
    Row("oidc-critical-header", MALFORMED),
    Row("oidc-key-id", MALFORMED),
    Row("oidc-unknown-key", "If the provider has just changed its keys, try again in five minutes."),
    Row(
        "oidc-signature",
        "If the provider has just changed its keys, try again in five minutes; if not, somebody or something changed"
        " the token after it was signed.",
        "certificate",
    ),
)

ROWS += of(
    Part.CONDITIONS,
    *(
        Row(code, _CLOCKS, "clock")
        for code in ("oidc-expired", "oidc-not-yet-valid", "oidc-issued-in-future", "oidc-too-old")
    ),
    Row("oidc-time-claim", MALFORMED),
    Row("oidc-c-hash", MALFORMED),
    Row("oidc-at-hash", MALFORMED),
    Row("oidc-nonce", "Start again from the sign-in page.", side=Side.USER),
    Row("oidc-issuer", "Check the issuer or tenant of the connection.", "issuer", side=_TORQUE),
    Row("oidc-tenant", "Check the tenant ID of the connection.", "issuer", side=_TORQUE),
    Row("oidc-audience", _CLIENT_ID, "audience", side=_TORQUE),
    Row("oidc-authorized-party", _CLIENT_ID, "audience"),
    Row(
        "oidc-auth-time", "Let the application send the claim auth_time, or remove the maximum age from the connection."
    ),
    *(Row(code) for code in ("logout-events", "logout-nobody", "logout-nonce", "logout-replayed")),
)

ROWS += of(
    Part.PERSON,
    Row("oidc-subject", MALFORMED, "subject"),
    Row(
        "oidc-userinfo-subject",
        "Show this to the provider's support, or let the application put e-mail and groups into the ID token.",
    ),
)

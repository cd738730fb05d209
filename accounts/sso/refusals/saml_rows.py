"""PURE. Refusals of SAML messages: answers to a sign-in, and logout messages."""

from accounts.sso.refusals.row import Part, Row, Side, of

_TORQUE = Side.TORQUE
# For a message that no known identity provider writes like this.
MALFORMED = (
    "Identity providers do not write messages like this one: show it to the support of yours, and look for a proxy or"
    " browser extension that changes what passes."
)
_CLOCKS = "Compare both clocks with a time service; if both are right, sign in again."
_WEB_BROWSER_SSO = "Choose web browser single sign-on (the POST binding) as the application's profile there."

ROWS = of(
    Part.REQUEST,
    Row("saml-no-signing-key", "Make a key for the connection, or switch signed requests off.", side=_TORQUE),
)

ROWS += of(
    Part.ANSWER,
    *(
        Row(code, MALFORMED)
        for code in (
            "saml-base64",
            "saml-cdata",
            "saml-comment",
            "saml-doctype",
            "saml-duplicate-id",
            "saml-encoding",
            "saml-id",
            "saml-processing-instruction",
            "saml-shape",
            "saml-xml",
            "saml-xml-id",
        )
    ),
    Row("saml-size", "Send fewer groups, for example only those assigned to the application.", "groups"),
    Row(
        "saml-status",
        "The identity provider's own sign-in log says more.",
        "said-no",
        "Your company's sign-in page did not let you through. Please ask your administrator for access.",
    ),
    *(Row(code, MALFORMED) for code in ("saml-deflate", "saml-message-replayed", "saml-query", "saml-session-index")),
    Row("saml-no-message", "Open no logout address by hand."),
)

ROWS += of(
    Part.SIGNATURE,
    Row(
        "saml-certificate",
        "Make a new signing certificate there, then read its metadata again or add it on the tab “Certificates”.",
        "certificate",
    ),
    Row("saml-unsigned", "Switch signing on.", "signing"),
    Row(
        "saml-signature",
        "If the identity provider has a new signing certificate, add it to the connection.",
        "certificate",
    ),
    Row("saml-signature-shape", MALFORMED),
    Row("saml-algorithm", "Choose SHA-256 in the identity provider's signing options.", "algorithm"),
    Row(
        "saml-no-decryption-key",
        "Make a key for the connection and upload its certificate there, or switch encryption off there.",
        "encryption",
        side=_TORQUE,
    ),
    Row("saml-decryption", "Upload the connection's present certificate to the identity provider.", "encryption"),
    Row("saml-encryption-shape", MALFORMED),
    Row(
        "saml-encryption-algorithm",
        "Choose AES-256 (GCM or CBC) with RSA-OAEP in the encryption options of the application there.",
        "encryption",
    ),
)

ROWS += of(
    Part.CONDITIONS,
    *(
        Row(code, _CLOCKS, "clock")
        for code in (
            "saml-authenticated-in-future",
            "saml-confirmation-expired",
            "saml-expired",
            "saml-issued-in-future",
            "saml-not-yet-valid",
            "saml-session-ended",
        )
    ),
    Row("saml-conditions", MALFORMED),
    Row("saml-time", MALFORMED),
    Row("saml-authn-statement", _WEB_BROWSER_SSO),
    Row("saml-bearer", _WEB_BROWSER_SSO),
    Row(
        "saml-version",
        "Set the application up at the identity provider as one of SAML 2.0, not of SAML 1.1 or WS-Federation.",
    ),
    Row("saml-issuer", "If it is the right provider, set the connection's issuer to exactly what it sends.", "issuer"),
    Row("saml-destination", "Copy the ACS URL of this connection into the identity provider.", "address"),
    Row(
        "saml-recipient",
        "Copy the ACS URL of this connection into the identity provider (Okta: also as Recipient URL).",
        "address",
    ),
    Row("saml-in-response-to", "Start again at the sign-in page; each answer fits one request only."),
    Row(
        "saml-idp-initiated",
        "Allow IdP-initiated login on the connection, or start at Torque's sign-in page.",
        side=_TORQUE,
    ),
    Row(
        "saml-audience",
        "Copy this connection's entity ID into the identity provider (Entra: Identifier; Okta: Audience URI).",
        "audience",
    ),
    Row("saml-condition", "Remove the rule that adds this condition from the application there."),
    Row("saml-lifetime", "Let the identity provider's assertions for this application live for an hour or less."),
    Row("saml-tenant", "Leave the claim tenantid as Entra sends it, and check the issuer of the connection.", "issuer"),
    Row("saml-stale", _CLOCKS, "clock"),
)

ROWS += of(
    Part.PERSON,
    Row(
        "saml-subject",
        "Send a persistent NameID, or name a lasting attribute as “subject” on the connection.",
        "subject",
    ),
    Row("saml-name-id", "Choose a short, lasting attribute as NameID for this application.", "subject"),
    Row(
        "saml-encrypted-name-id",
        "Encrypt no names for Torque, or make a key for the connection and upload its certificate there.",
        "encryption",
    ),
)

"""PURE. Refusals of SAML messages: answers to a sign-in, and logout messages."""

from accounts.sso.refusals.row import Part, Row, Side

_IDP, _TORQUE = Side.IDENTITY_PROVIDER, Side.TORQUE
# For a message that no known identity provider writes like this.
MALFORMED = (
    "Identity providers do not write messages like this one: show it to the support of yours, and look for a proxy or"
    " browser extension that changes what passes."
)
_CLOCKS = "Compare both clocks with a time service; if both are right, sign in again."
_WEB_BROWSER_SSO = "Choose web browser single sign-on (the POST binding) as the application's profile there."

_ANSWER = (
    *(
        Row(code, Part.ANSWER, _IDP, MALFORMED)
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
    Row(
        "saml-size",
        Part.ANSWER,
        _IDP,
        "Send fewer groups, for example only those assigned to the application.",
        "groups",
    ),
    Row(
        "saml-status",
        Part.ANSWER,
        _IDP,
        "The identity provider's own sign-in log says more.",
        "said-no",
        "Your company's sign-in page did not let you through. Please ask your administrator for access.",
    ),
)

_SIGNATURE = (
    Row("saml-no-signing-key", Part.REQUEST, _TORQUE, "Make a key for the connection, or switch signed requests off."),
    Row(
        "saml-certificate",
        Part.SIGNATURE,
        _IDP,
        "Make a new signing certificate there, then read its metadata again or add it on the tab “Certificates”.",
        "certificate",
    ),
    Row("saml-unsigned", Part.SIGNATURE, _IDP, "Switch signing on.", "signing"),
    Row(
        "saml-signature",
        Part.SIGNATURE,
        _IDP,
        "If the identity provider has a new signing certificate, add it to the connection.",
        "certificate",
    ),
    Row("saml-signature-shape", Part.SIGNATURE, _IDP, MALFORMED),
    Row(
        "saml-algorithm",
        Part.SIGNATURE,
        _IDP,
        "Choose SHA-256 in the identity provider's signing options.",
        "algorithm",
    ),
    Row(
        "saml-no-decryption-key",
        Part.SIGNATURE,
        _TORQUE,
        "Make a key for the connection and upload its certificate there, or switch encryption off there.",
        "encryption",
    ),
    Row(
        "saml-decryption",
        Part.SIGNATURE,
        _IDP,
        "Upload the connection's present certificate to the identity provider.",
        "encryption",
    ),
    Row("saml-encryption-shape", Part.SIGNATURE, _IDP, MALFORMED),
    Row(
        "saml-encryption-algorithm",
        Part.SIGNATURE,
        _IDP,
        "Choose AES-256 (GCM or CBC) with RSA-OAEP in the encryption options of the application there.",
        "encryption",
    ),
)

_CONDITIONS = (
    *(
        Row(code, Part.CONDITIONS, _IDP, _CLOCKS, "clock")
        for code in (
            "saml-authenticated-in-future",
            "saml-confirmation-expired",
            "saml-expired",
            "saml-issued-in-future",
            "saml-not-yet-valid",
            "saml-session-ended",
        )
    ),
    Row("saml-conditions", Part.CONDITIONS, _IDP, MALFORMED),
    Row("saml-time", Part.CONDITIONS, _IDP, MALFORMED),
    Row("saml-authn-statement", Part.CONDITIONS, _IDP, _WEB_BROWSER_SSO),
    Row("saml-bearer", Part.CONDITIONS, _IDP, _WEB_BROWSER_SSO),
    Row(
        "saml-version",
        Part.CONDITIONS,
        _IDP,
        "Set the application up at the identity provider as one of SAML 2.0, not of SAML 1.1 or WS-Federation.",
    ),
    Row(
        "saml-issuer",
        Part.CONDITIONS,
        _IDP,
        "If it is the right provider, set the connection's issuer to exactly what it sends.",
        "issuer",
    ),
    Row(
        "saml-destination",
        Part.CONDITIONS,
        _IDP,
        "Copy the ACS URL of this connection into the identity provider.",
        "address",
    ),
    Row(
        "saml-recipient",
        Part.CONDITIONS,
        _IDP,
        "Copy the ACS URL of this connection into the identity provider (Okta: also as Recipient URL).",
        "address",
    ),
    Row(
        "saml-in-response-to",
        Part.CONDITIONS,
        _IDP,
        "Start again at the sign-in page; each answer fits one request only.",
    ),
    Row(
        "saml-idp-initiated",
        Part.CONDITIONS,
        _TORQUE,
        "Allow IdP-initiated login on the connection, or start at Torque's sign-in page.",
    ),
    Row(
        "saml-audience",
        Part.CONDITIONS,
        _IDP,
        "Copy this connection's entity ID into the identity provider (Entra: Identifier; Okta: Audience URI).",
        "audience",
    ),
    Row(
        "saml-condition", Part.CONDITIONS, _IDP, "Remove the rule that adds this condition from the application there."
    ),
    Row(
        "saml-lifetime",
        Part.CONDITIONS,
        _IDP,
        "Let the identity provider's assertions for this application live for an hour or less.",
    ),
    Row(
        "saml-tenant",
        Part.CONDITIONS,
        _IDP,
        "Leave the claim tenantid as Entra sends it, and check the issuer of the connection.",
        "issuer",
    ),
)

_PERSON = (
    Row(
        "saml-subject",
        Part.PERSON,
        _IDP,
        "Send a persistent NameID, or name a lasting attribute as “subject” on the connection.",
        "subject",
    ),
    Row(
        "saml-name-id",
        Part.PERSON,
        _IDP,
        "Choose a short, lasting attribute as NameID for this application.",
        "subject",
    ),
    Row(
        "saml-encrypted-name-id",
        Part.PERSON,
        _IDP,
        "Encrypt no names for Torque, or make a key for the connection and upload its certificate there.",
        "encryption",
    ),
)

# Of logout messages alone.
_LOGOUT = (
    *(
        Row(code, Part.ANSWER, _IDP, MALFORMED)
        for code in ("saml-deflate", "saml-message-replayed", "saml-query", "saml-session-index")
    ),
    Row("saml-no-message", Part.ANSWER, _IDP, "Open no logout address by hand."),
    Row("saml-stale", Part.CONDITIONS, _IDP, _CLOCKS, "clock"),
)

ROWS = (*_ANSWER, *_SIGNATURE, *_CONDITIONS, *_PERSON, *_LOGOUT)

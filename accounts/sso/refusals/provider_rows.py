"""PURE. What an identity provider says in place of a login, by either protocol; `provider_errors` recognizes it."""

from accounts.sso.refusals.row import Part, Row, Side, of

_ADMIN = "Please ask your administrator."
_NOT_SET_UP = (
    "Torque and your company's sign-in are not set up to fit each other, so trying again does not help. Please tell"
    " your administrator."
)
_OUTDATED = f"Torque has to renew its registration at your company's sign-in. {_ADMIN}"

_OPTIONS = "under “Advanced” on the connection's tab “Identity provider”"  # what a connection asks for

_UNAVAILABLE = "Your company's sign-in does not work at the moment. Please try again in a few minutes."

ROWS = of(Part.REQUEST, Row("idp-unreachable", "Try again later.", text=_UNAVAILABLE))

ROWS += of(
    Part.ANSWER,
    Row(
        "idp-error",
        "Look the error up in the identity provider's own sign-in log.",
        "said-no",
        "Your company's sign-in page did not let you through. Please ask your administrator for access.",
    ),
    Row(
        "idp-cancelled",
        "The user cancelled at the identity provider, or declined what it asked for: sign in again and confirm it.",
        text="The sign-in was cancelled at your company's sign-in page. Try again and confirm what it asks.",
        side=Side.USER,
    ),
    Row(
        "idp-denied",
        "The user cancelled, or the identity provider refused. Assign the user to the application there, and look at"
        " its sign-in policies and its sign-in log.",
        "said-no",
        "The sign-in was cancelled or refused at your company's sign-in page. Try again; if it is refused again, please"
        " ask your administrator for access.",
    ),
    Row(
        "idp-not-assigned",
        "Assign the user, or a group of theirs, to the application at the identity provider.",
        "assignment",
        "Your company has not assigned you to this application. Please ask your administrator for access.",
    ),
    Row(
        "idp-policy",
        "Look at the sign-in policies of the application there: they did not allow this user, device, place or method.",
        "policy",
        "Your company's rules do not allow this sign-in, for example from this device or place. Try another one that"
        " your company knows, or ask your administrator.",
    ),
    Row(
        "idp-account",
        "Look at the user's account at the identity provider: it is not known there, disabled, locked or expired.",
        "account",
        f"Your account at your company's sign-in is not known there, or disabled, locked or expired. {_ADMIN}",
    ),
    Row(
        "idp-authn-failed",
        "The identity provider could not verify who the user is: sign in again; its sign-in log says more.",
        "said-no",
        "Your company's sign-in page could not verify who you are. Try again with the right password or second factor.",
        side=Side.USER,
    ),
    Row(
        "idp-interaction",
        "The identity provider needs the user to sign in, or to answer a question, and could not ask: start again from"
        " the sign-in page.",
        text="Your company's sign-in page has to ask you something first. Try again, sign in there and answer it.",
        side=Side.USER,
    ),
    Row(
        "idp-consent",
        "Let an administrator of the identity provider consent to the application for the whole organization.",
        "consent",
        "Your company has not yet agreed to the use of this application. Please ask your administrator to consent"
        " to it.",
    ),
    Row(
        "idp-unavailable",
        "The identity provider has a fault of its own: look at its status page, and try again in a few minutes.",
        "said-no",
        _UNAVAILABLE,
    ),
    Row(
        "idp-redirect-uri",
        "Enter the redirect URI of the connection's page in the application there, letter for letter.",
        "redirect",
        _NOT_SET_UP,
    ),
    Row(
        "idp-response-type",
        "Let the application issue ID tokens (Entra: Authentication, “ID tokens”), or choose the code flow on the"
        " connection.",
        "flow",
        _NOT_SET_UP,
    ),
    Row(
        "idp-scope",
        "Let the application use the scopes openid, profile and email, and the scope that the error names.",
        "consent",
        _NOT_SET_UP,
    ),
    Row(
        "idp-client-secret",
        "Enter the application's present client secret in the connection. Copy its value, not its ID. Where the"
        " connection uses a key of its own, give the identity provider its certificate or JWKS URL.",
        "client-secret",
        _OUTDATED,
        side=Side.TORQUE,
    ),
    Row(
        "idp-client-secret-expired",
        "Make a new client secret at the identity provider and enter it in the connection, with its date of expiry.",
        "client-secret",
        _OUTDATED,
        side=Side.TORQUE,
    ),
    Row(
        "idp-application",
        "Compare the connection's client ID (SAML: our entity ID) and tenant with the application at the identity"
        " provider, and see that it is active.",
        "application",
        _NOT_SET_UP,
        side=Side.TORQUE,
    ),
    Row(
        "idp-request",
        "Compare the application's addresses, flow and signing of requests with the connection's page.",
        "said-no",
        _NOT_SET_UP,
    ),
    Row(
        "idp-authn-context",
        f"Ask for an authentication context that users sign in with there, or for none, {_OPTIONS}.",
        "said-no",
        "Your company's sign-in could not use the method that is asked for here. Sign out there and try again, or ask"
        " your administrator.",
        side=Side.TORQUE,
    ),
    Row(
        "idp-name-id-policy",
        f"Ask for the name ID format that the application has there, or for none, {_OPTIONS}.",
        "subject",
        _NOT_SET_UP,
        side=Side.TORQUE,
    ),
)

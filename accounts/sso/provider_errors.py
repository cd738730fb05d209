"""PURE. Why an identity provider sent an error instead of a login: one table for both protocols.

A cause is recognized by Entra's number in the provider's words, by other vendors' words, and by the protocol's own code
(RFC 6749 4.1.2.1 and 5.2, OpenID Connect Core 3.1.2.6, SAML core 3.2.2.2), in this order: the first says most.
"""

import re
from dataclasses import dataclass

from accounts.sso.refusal import LoginRefused, Side

_ADMIN = "Please ask your administrator."
_NOT_SET_UP = (
    "Torque and your company's sign-in are not set up to fit each other, so trying again does not help. Please tell"
    " your administrator."
)
_OUTDATED = f"Torque has to renew its registration at your company's sign-in. {_ADMIN}"


@dataclass(frozen=True)
class Cause:
    """`side`: who has to change something; `step`: what, for the admin; `friendly`: what the person can do."""

    code: str
    side: Side
    step: str
    friendly: str


CANCELLED = Cause(
    "idp-cancelled",
    Side.PERSON,
    "The person cancelled at the identity provider, or declined what it asked for: sign in again and confirm it.",
    "The sign-in was cancelled at your company's sign-in page. Try again and confirm what it asks.",
)
DENIED = Cause(
    "idp-denied",
    Side.IDENTITY_PROVIDER,
    "The person cancelled, or the identity provider refused. Assign the person to the application there, and look at"
    " its sign-in policies and its sign-in log.",
    "The sign-in was cancelled or refused at your company's sign-in page. Try again; if it is refused again, please ask"
    " your administrator for access.",
)
NOT_ASSIGNED = Cause(
    "idp-not-assigned",
    Side.IDENTITY_PROVIDER,
    "Assign the person, or a group of theirs, to the application at the identity provider.",
    "Your company has not assigned you to this application. Please ask your administrator for access.",
)
POLICY = Cause(
    "idp-policy",
    Side.IDENTITY_PROVIDER,
    "Look at the sign-in policies of the application there: they did not allow this person, device, place or method.",
    "Your company's rules do not allow this sign-in, for example from this device or place. Try another one that your"
    " company knows, or ask your administrator.",
)
ACCOUNT = Cause(
    "idp-account",
    Side.IDENTITY_PROVIDER,
    "Look at the person's account at the identity provider: it is not known there, disabled, locked or expired.",
    f"Your account at your company's sign-in is not known there, or disabled, locked or expired. {_ADMIN}",
)
AUTHN_FAILED = Cause(
    "idp-authn-failed",
    Side.PERSON,
    "The identity provider could not verify who the person is: sign in again; its sign-in log says more.",
    "Your company's sign-in page could not verify who you are. Try again with the right password or second factor.",
)
INTERACTION = Cause(
    "idp-interaction",
    Side.PERSON,
    "The identity provider needs the person to sign in, or to answer a question, and could not ask: start again from"
    " the sign-in page.",
    "Your company's sign-in page has to ask you something first. Try again, sign in there and answer it.",
)
CONSENT = Cause(
    "idp-consent",
    Side.IDENTITY_PROVIDER,
    "Let an administrator of the identity provider consent to the application for the whole organization.",
    "Your company has not yet agreed to the use of this application. Please ask your administrator to consent to it.",
)
UNAVAILABLE = Cause(
    "idp-unavailable",
    Side.IDENTITY_PROVIDER,
    "The identity provider has a fault of its own: look at its status page, and try again in a few minutes.",
    "Your company's sign-in does not work at the moment. Please try again in a few minutes.",
)
REDIRECT_URI = Cause(
    "idp-redirect-uri",
    Side.IDENTITY_PROVIDER,
    "Enter the redirect URI of the connection's page in the application there, letter for letter.",
    _NOT_SET_UP,
)
RESPONSE_TYPE = Cause(
    "idp-response-type",
    Side.IDENTITY_PROVIDER,
    "Let the application issue ID tokens (Entra: Authentication, “ID tokens”), or choose the code flow on the"
    " connection.",
    _NOT_SET_UP,
)
SCOPE = Cause(
    "idp-scope",
    Side.IDENTITY_PROVIDER,
    "Let the application use the scopes openid, profile and email, and the scope that the error names.",
    _NOT_SET_UP,
)
CLIENT_SECRET = Cause(
    "idp-client-secret",
    Side.TORQUE,
    "Enter the application's present client secret in the connection. Copy its value, not its ID. Where the connection"
    " uses a key of its own, give the identity provider its certificate or JWKS URL.",
    _OUTDATED,
)
SECRET_EXPIRED = Cause(
    "idp-client-secret-expired",
    Side.TORQUE,
    "Make a new client secret at the identity provider and enter it in the connection, with its date of expiry.",
    _OUTDATED,
)
APPLICATION = Cause(
    "idp-application",
    Side.TORQUE,
    "Compare the connection's client ID (SAML: our entity ID) and tenant with the application at the identity provider,"
    " and see that it is active.",
    _NOT_SET_UP,
)
REQUEST = Cause(
    "idp-request",
    Side.IDENTITY_PROVIDER,
    "Compare the application's addresses, flow and signing of requests with the connection's page.",
    _NOT_SET_UP,
)
# What a connection asks for beyond the usual.
_OPTIONS = "under “Advanced” on the connection's tab “Identity provider”"
AUTHN_CONTEXT = Cause(
    "idp-authn-context",
    Side.TORQUE,
    f"Ask for an authentication context that people sign in with there, or for none, {_OPTIONS}.",
    "Your company's sign-in could not use the method that is asked for here. Sign out there and try again, or ask your"
    " administrator.",
)
NAME_ID = Cause(
    "idp-name-id-policy",
    Side.TORQUE,
    f"Ask for the name ID format that the application has there, or for none, {_OPTIONS}.",
    _NOT_SET_UP,
)

CAUSES = (
    *(CANCELLED, DENIED, NOT_ASSIGNED, POLICY, ACCOUNT, AUTHN_FAILED, INTERACTION, CONSENT, UNAVAILABLE),
    *(REDIRECT_URI, RESPONSE_TYPE, SCOPE, CLIENT_SECRET, SECRET_EXPIRED, APPLICATION, REQUEST, AUTHN_CONTEXT, NAME_ID),
)

# Entra's error codes (learn.microsoft.com, "Microsoft Entra authentication and authorization error codes").
_NUMBERS = {
    number: cause
    for cause, numbers in {
        CANCELLED: "65004",
        NOT_ASSIGNED: "50105",
        POLICY: "50005 50097 50129 50131 50158 53000 53001 53002 53003 53004 53009 530032 530034 530035 500021",
        ACCOUNT: "50020 50034 50053 50055 50057 51004 90072 1000502",
        AUTHN_FAILED: "50126 50056 50064 500121",
        INTERACTION: "16000 50058 50072 50074 50076 50078 50079 50125 50127 50132 50133 50144 50173",
        CONSENT: "65001 65005 90008 90094 90095 900941 650052 650054 650056 650057",
        UNAVAILABLE: "90033 50196 90006 90024",
        REDIRECT_URI: "50011 500113 700046 9002326",
        RESPONSE_TYPE: "700051 700054 70007 700052",
        SCOPE: "70011 28002 28003 650053",
        CLIENT_SECRET: "7000215 7000218 50012",
        SECRET_EXPIRED: "7000222",
        APPLICATION: "700016 70001 700038 90002 50001 500011 7000112 7000111 70002",
        REQUEST: "75005 76021 76025 76026 750054 900144 9002313 7500529 90014 90015",
        AUTHN_CONTEXT: "75008 75011",
        NAME_ID: "75016",
    }.items()
    for number in numbers.split()
}
_NUMBER = re.compile(r"AADSTS(\d{4,8})")

# Words of other providers (and of Entra where it gives no number), in the order in which they are looked for.
_WORDS = tuple(
    (re.compile(pattern, re.IGNORECASE), cause)
    for pattern, cause in (
        (r"not (?:been )?assigned|not authorized (?:to|for) (?:access |use )?(?:the |this )?app", NOT_ASSIGNED),
        (r"cancel+ed|declined|denied consent|did not (?:consent|authorize)|AADB2C90091", CANCELLED),
        (r"authentication[_ ]expired|session (?:has )?expired", INTERACTION),
        (r"policy evaluation failed|conditional access|admin_policy_enforced", POLICY),
        (r"secret[^.]{0,60}expired|expired[^.]{0,60}secret", SECRET_EXPIRED),
        (r"redirect[_ ]?ur[il]|reply (?:url|address)", REDIRECT_URI),
        (r"response[_ ]type", RESPONSE_TYPE),
        (r"consent", CONSENT),
    )
)

# The protocols' own codes. A code that says nothing of the cause is not here.
_CODES = {
    "access_denied": DENIED,
    "temporarily_unavailable": UNAVAILABLE,
    "server_error": UNAVAILABLE,
    "consent_required": CONSENT,
    "login_required": INTERACTION,
    "interaction_required": INTERACTION,
    "account_selection_required": INTERACTION,
    "unsupported_response_type": RESPONSE_TYPE,
    "unsupported_response_mode": RESPONSE_TYPE,
    "invalid_scope": SCOPE,
    "invalid_client": CLIENT_SECRET,
    "unauthorized_client": APPLICATION,
    "invalid_request": REQUEST,
    "unmet_authentication_requirements": AUTHN_CONTEXT,
    # SAML, without "urn:oasis:names:tc:SAML:2.0:status:".
    "AuthnFailed": AUTHN_FAILED,
    "NoPassive": INTERACTION,
    "RequestDenied": DENIED,
    "RequestUnsupported": REQUEST,
    "UnsupportedBinding": REQUEST,
    "NoAuthnContext": AUTHN_CONTEXT,
    "InvalidNameIDPolicy": NAME_ID,
    "UnknownPrincipal": ACCOUNT,
}


def cause_of(codes: tuple[str, ...], words: str) -> Cause | None:
    """`codes`: of the protocol, the one that says most first; `words`: the provider's own. None: not known."""
    for number in _NUMBER.findall(words):
        if number in _NUMBERS:
            return _NUMBERS[number]
    by_words = next((cause for pattern, cause in _WORDS if pattern.search(words)), None)
    return by_words or next((_CODES[code] for code in codes if code in _CODES), None)


def refused_for(cause: Cause, expected: str, received: str) -> LoginRefused:
    return LoginRefused(cause.code, expected, received, cause.side, cause.step)

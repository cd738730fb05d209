"""PURE. Why an identity provider sent an error instead of a login: one table for both protocols.

A cause is recognized by Entra's number in the provider's words, by other vendors' words, and by the protocol's own code
(RFC 6749 4.1.2.1 and 5.2, OpenID Connect Core 3.1.2.6, SAML core 3.2.2.2), in this order: the first says most.
"""

import re

# Entra's error codes (learn.microsoft.com, "Microsoft Entra authentication and authorization error codes").
_NUMBERS = {
    number: code
    for code, numbers in {
        "idp-cancelled": "65004",
        "idp-not-assigned": "50105",
        "idp-policy": "50005 50097 50129 50131 50158 53000 53001 53002 53003 53004 53009 530032 530034 530035 500021",
        "idp-account": "50020 50034 50053 50055 50057 51004 90072 1000502",
        "idp-authn-failed": "50126 50056 50064 500121",
        "idp-interaction": "16000 50058 50072 50074 50076 50078 50079 50125 50127 50132 50133 50144 50173",
        "idp-consent": "65001 65005 90008 90094 90095 900941 650052 650054 650056 650057",
        "idp-unavailable": "90033 50196 90006 90024",
        "idp-redirect-uri": "50011 500113 700046 9002326",
        "idp-response-type": "700051 700054 70007 700052",
        "idp-scope": "70011 28002 28003 650053",
        "idp-client-secret": "7000215 7000218 50012",
        "idp-client-secret-expired": "7000222",
        "idp-application": "700016 70001 700038 90002 50001 500011 7000112 7000111 70002",
        "idp-request": "75005 76021 76025 76026 750054 900144 9002313 7500529 90014 90015",
        "idp-authn-context": "75008 75011",
        "idp-name-id-policy": "75016",
    }.items()
    for number in numbers.split()
}
_NUMBER = re.compile(r"AADSTS(\d{4,8})")

# Words of other providers (and of Entra where it gives no number), in the order in which they are looked for.
_WORDS = tuple(
    (re.compile(pattern, re.IGNORECASE), code)
    for pattern, code in (
        (r"not (?:been )?assigned|not authorized (?:to|for) (?:access |use )?(?:the |this )?app", "idp-not-assigned"),
        (r"cancel+ed|declined|denied consent|did not (?:consent|authorize)|AADB2C90091", "idp-cancelled"),
        (r"authentication[_ ]expired|session (?:has )?expired", "idp-interaction"),
        (r"policy evaluation failed|conditional access|admin_policy_enforced", "idp-policy"),
        (r"secret[^.]{0,60}expired|expired[^.]{0,60}secret", "idp-client-secret-expired"),
        (r"redirect[_ ]?ur[il]|reply (?:url|address)", "idp-redirect-uri"),
        (r"response[_ ]type", "idp-response-type"),
        (r"consent", "idp-consent"),
    )
)

# The protocols' own codes. A code that says nothing of the cause is not here.
_CODES = {
    "access_denied": "idp-denied",
    "temporarily_unavailable": "idp-unavailable",
    "server_error": "idp-unavailable",
    "consent_required": "idp-consent",
    "login_required": "idp-interaction",
    "interaction_required": "idp-interaction",
    "account_selection_required": "idp-interaction",
    "unsupported_response_type": "idp-response-type",
    "unsupported_response_mode": "idp-response-type",
    "invalid_scope": "idp-scope",
    "invalid_client": "idp-client-secret",
    "unauthorized_client": "idp-application",
    "invalid_request": "idp-request",
    "unmet_authentication_requirements": "idp-authn-context",
    # SAML, without "urn:oasis:names:tc:SAML:2.0:status:".
    "AuthnFailed": "idp-authn-failed",
    "NoPassive": "idp-interaction",
    "RequestDenied": "idp-denied",
    "RequestUnsupported": "idp-request",
    "UnsupportedBinding": "idp-request",
    "NoAuthnContext": "idp-authn-context",
    "InvalidNameIDPolicy": "idp-name-id-policy",
    "UnknownPrincipal": "idp-account",
}


def code_for(codes: tuple[str, ...], words: str) -> str:
    """The code of the refusal; empty: not known. `codes`: of the protocol, the one that says most first; `words`: the
    provider's own."""
    for number in _NUMBER.findall(words):
        if number in _NUMBERS:
            return _NUMBERS[number]
    by_words = next((code for pattern, code in _WORDS if pattern.search(words)), "")
    return by_words or next((_CODES[code] for code in codes if code in _CODES), "")

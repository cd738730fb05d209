"""What holds a flood at each address that answers without a session: a limit of `accounts.rate_limits`, or a reason."""

SIGN_IN, LOGOUT, DOCUMENT, LINK, RECOVERY, API = "SIGN_IN", "LOGOUT", "DOCUMENT", "LINK", "RECOVERY", "API"

# Name of the address -> the limit: `settings.{limit}_BURST` and `settings.{limit}_REQUESTS_PER_SECOND`.
LIMITS = {
    "login": SIGN_IN,
    "login-sso": SIGN_IN,
    "sso:start": SIGN_IN,
    "sso:finish": SIGN_IN,
    "sso:oidc-callback": SIGN_IN,
    "sso:saml-acs": SIGN_IN,
    "logout": LOGOUT,
    "sso:saml-slo": LOGOUT,
    "sso:oidc-logout": LOGOUT,
    "sso:saml-metadata": DOCUMENT,
    "sso:client-keys": DOCUMENT,
    "guide-okta": DOCUMENT,
    "guide-entra": DOCUMENT,
    "sso:saml-logout-form": LOGOUT,
    "sso:logged-out": LOGOUT,
    "set-password": LINK,
    "recovery": RECOVERY,
    "recovery-link": RECOVERY,
    "recover-by-link": RECOVERY,
    "api-login": API,
    "api-account-login": API,
    "api-revoke": API,
    # Endpoints of programs without a live token; with one, the limit is the token's.
    "api-long-tokens": API,
    "api-long-token": API,
    "me": API,
}
# Answered in JSON, not by a page.
FOR_PROGRAMS = {"sso:oidc-logout", "sso:saml-metadata", "sso:client-keys"}

REASONS = {
    "healthz": "asks nothing and nobody",
    "readyz": "looks at database and broker once a second for all; a 429 would take the instance out of service",
    "metrics": "does nothing before the token of the request is found right",
}

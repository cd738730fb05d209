"""PURE. Where each setting that a refused login is about stands in that vendor's own console.

Words and paths are the vendors' own, as of 2026; `other` has none that we could know.
"""

from collections.abc import Mapping

_OKTA = "Okta admin console → Applications → Applications → your application"
_ENTRA = "Microsoft Entra admin center → Enterprise applications → your application"
_ENTRA_APP = "Microsoft Entra admin center → App registrations → your application"

_OKTA_SAML = f"{_OKTA} → General → SAML Settings → Edit"
_OKTA_OIDC = f"{_OKTA} → General"
_ENTRA_SAML = f"{_ENTRA} → Single sign-on"

# The same for both protocols.
_OKTA_BOTH = {
    "assignment": f"{_OKTA} → Assignments",
    "policy": f"{_OKTA} → Sign On → User authentication → Authentication policy",
    "account": "Okta admin console → Directory → People → the user",
    "said-no": f"{_OKTA} → Assignments; Okta's own account of it: Okta admin console → Reports → System Log",
    "clock": "Okta keeps its own clock: compare ours with a time service",
}
_ENTRA_BOTH = {
    "assignment": f"{_ENTRA} → Users and groups",
    "policy": "Microsoft Entra admin center → Protection → Conditional Access; which one it was:"
    f" {_ENTRA} → Sign-in logs",
    "account": "Microsoft Entra admin center → Users → the user → Overview → Account status",
    "said-no": f"{_ENTRA} → Users and groups; Entra's own account of it: {_ENTRA} → Sign-in logs",
    "guest": "Microsoft Entra admin center → Users → the user → Properties → User type",
    "clock": "Entra keeps its own clock: compare ours with a time service",
}
# Vendor and protocol -> `Row.setting` -> the place.
PLACES: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("okta", "saml"): {
        **_OKTA_BOTH,
        "address": f"{_OKTA_SAML} → Single sign-on URL",
        "audience": f"{_OKTA_SAML} → Audience URI (SP Entity ID)",
        "issuer": f"{_OKTA} → Sign On → SAML 2.0 → More details → Issuer",
        "certificate": f"{_OKTA} → Sign On → SAML Signing Certificates → Active → Actions → View IdP metadata",
        "signing": f"{_OKTA_SAML} → Show Advanced Settings → Response, Assertion Signature",
        "algorithm": f"{_OKTA_SAML} → Show Advanced Settings → Signature Algorithm, Digest Algorithm",
        "encryption": f"{_OKTA_SAML} → Show Advanced Settings → Assertion Encryption",
        "subject": f"{_OKTA_SAML} → Name ID format, Application username",
        "attributes": f"{_OKTA_SAML} → Attribute Statements",
        "groups": f"{_OKTA_SAML} → Group Attribute Statements → Filter",
        "application": f"{_OKTA_SAML} → Audience URI (SP Entity ID)",
    },
    ("okta", "oidc"): {
        **_OKTA_BOTH,
        "initiate": f"{_OKTA_OIDC} → LOGIN → Initiate login URI",
        "audience": f"{_OKTA_OIDC} → Client Credentials → Client ID",
        "issuer": "Okta admin console → Security → API → Authorization Servers, or the Okta domain itself",
        "secret": f"{_OKTA_OIDC} → Client Credentials → Client secrets; and LOGIN → Sign-in redirect URIs",
        "flow": f"{_OKTA_OIDC} → General Settings → Grant type (Implicit: Allow ID Token, or Authorization Code)",
        "attributes": f"{_OKTA} → Sign On → OpenID Connect ID Token → Claims",
        "groups": f"{_OKTA} → Sign On → OpenID Connect ID Token → Group claims filter",
        "consent": f"{_OKTA} → Okta API Scopes; and Security → API → your server → Scopes, Access Policies",
        "redirect": f"{_OKTA_OIDC} → LOGIN → Sign-in redirect URIs",
        "client-secret": f"{_OKTA_OIDC} → Client Credentials → Client secrets",
        "application": f"{_OKTA_OIDC} → Client Credentials → Client ID",
    },
    ("entra", "saml"): {
        **_ENTRA_BOTH,
        "address": f"{_ENTRA_SAML} → Basic SAML Configuration → Reply URL (Assertion Consumer Service URL)",
        "audience": f"{_ENTRA_SAML} → Basic SAML Configuration → Identifier (Entity ID)",
        "issuer": f"{_ENTRA_SAML} → Set up → Microsoft Entra Identifier",
        "certificate": f"{_ENTRA_SAML} → SAML Certificates → App Federation Metadata Url",
        "signing": f"{_ENTRA_SAML} → SAML Certificates → Edit → Signing Option",
        "algorithm": f"{_ENTRA_SAML} → SAML Certificates → Edit → Signing Algorithm",
        "encryption": f"{_ENTRA} → Token encryption",
        "subject": f"{_ENTRA_SAML} → Attributes & Claims → Unique User Identifier (Name ID)",
        "attributes": f"{_ENTRA_SAML} → Attributes & Claims",
        "groups": f"{_ENTRA_SAML} → Attributes & Claims → Add a group claim → Groups assigned to the application",
        "consent": f"{_ENTRA} → Permissions → Grant admin consent",
        "redirect": f"{_ENTRA_SAML} → Basic SAML Configuration → Reply URL (Assertion Consumer Service URL)",
        "application": f"{_ENTRA_SAML} → Basic SAML Configuration → Identifier (Entity ID)",
    },
    ("entra", "oidc"): {
        **_ENTRA_BOTH,
        "audience": f"{_ENTRA_APP} → Overview → Application (client) ID",
        "issuer": f"{_ENTRA_APP} → Overview → Directory (tenant) ID",
        "secret": f"{_ENTRA_APP} → Certificates & secrets → Client secrets; and Authentication → Redirect URIs",
        "flow": f"{_ENTRA_APP} → Authentication → Implicit grant and hybrid flows → ID tokens",
        "attributes": f"{_ENTRA_APP} → Token configuration → Add optional claim",
        "groups": f"{_ENTRA_APP} → Token configuration → Edit groups claim → Groups assigned to the application",
        "subject": f"{_ENTRA_APP} → API permissions → Microsoft Graph → profile",
        "consent": f"{_ENTRA_APP} → API permissions → Grant admin consent",
        "redirect": f"{_ENTRA_APP} → Authentication → Redirect URIs",
        "client-secret": f"{_ENTRA_APP} → Certificates & secrets → Client secrets",
        "application": f"{_ENTRA_APP} → Overview → Application (client) ID",
    },
}

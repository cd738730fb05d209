"""PURE. What is known of each kind of identity provider: attribute names, what it delivers, its words. One row each."""

from dataclasses import dataclass

_CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
_MICROSOFT = "http://schemas.microsoft.com/identity/claims"
_WS_2008 = "http://schemas.microsoft.com/ws/2008/06/identity/claims"

# Read on every connection, after the name that the connection sets itself (`protocol.md` 8.3).
_PLAIN = {
    "timezone": ("timezone",),
    "space_name": ("space_name",),
    "space_role": ("space_role",),
    "account_role": ("account_role",),
}


@dataclass(frozen=True)
class Vendor:
    """`*_names`: our field -> the attribute names tried in order. `group_limit`: a list of exactly this many groups
    may have been cut off without a word (Okta's `Groups.*` functions give 100 at most)."""

    key: str
    label: str
    log_name: str
    button: str
    delivers_groups: bool
    saml_names: dict[str, tuple[str, ...]]
    oidc_names: dict[str, tuple[str, ...]]
    oidc_scopes: tuple[str, ...] = ("openid", "profile", "email")
    group_limit: int | None = None
    groups_link: str = ""  # SAML attribute that stands in for a cut-off list
    # Whether an ID token's e-mail counts as verified without the claim `email_verified` (`docs/decisions/0021`).
    email_verified_unless_denied: bool = False
    # What a group's identifier is there, in the vendor's own words.
    group_identifier: str = ""

    def names(self, protocol: str, own: dict[str, str]) -> dict[str, tuple[str, ...]]:
        """Attribute names for a connection: its own spelling first, then this vendor's."""
        built_in = {**_PLAIN, **(self.saml_names if protocol == "saml" else self.oidc_names)}
        fields = {*built_in, *own}
        return {name: ((own[name],) if own.get(name) else ()) + built_in.get(name, ()) for name in fields}

    def delivers(self, own: dict[str, str]) -> bool:
        """Whether logins say in which groups a person is; of other vendors, once their groups attribute is named."""
        return self.delivers_groups or bool(own.get("groups"))


_OIDC_PROFILE = {
    "email": ("email",),
    "first_name": ("given_name",),
    "last_name": ("family_name",),
    "timezone": ("timezone", "zoneinfo"),  # the second: OpenID Connect Core 5.1
    "groups": ("groups",),
}

OKTA = Vendor(
    key="okta",
    label="Okta",
    log_name="Okta",
    button="Sign in with Okta",
    delivers_groups=True,
    saml_names={
        "email": ("email",),
        "first_name": ("firstName", "first_name"),
        "last_name": ("lastName", "last_name"),
        "groups": ("groups",),
    },
    oidc_names={**_OIDC_PROFILE, "subject": ("sub",)},
    group_limit=100,
    # The organization's own directory, where people cannot change their address themselves.
    email_verified_unless_denied=True,
    group_identifier="the value that your groups attribute sends: the group's name as Okta shows it, or its id",
)

ENTRA = Vendor(
    key="entra",
    label="Microsoft Entra ID",
    log_name="AzureAD",
    button="Sign in with Azure",
    delivers_groups=True,
    saml_names={
        "subject": (f"{_MICROSOFT}/objectidentifier",),
        "email": (f"{_CLAIMS}/emailaddress",),
        "first_name": (f"{_CLAIMS}/givenname",),
        "last_name": (f"{_CLAIMS}/surname",),
        "groups": (f"{_WS_2008}/groups",),
        "user_name": (f"{_CLAIMS}/name", f"{_CLAIMS}/upn"),
    },
    oidc_names={**_OIDC_PROFILE, "subject": ("oid",)},
    groups_link="http://schemas.microsoft.com/claims/groups.link",
    # Entra never sends the claim; a member's address is its administrator's, and guests are told apart.
    email_verified_unless_denied=True,
    group_identifier='the "Object Id" on the group\'s overview page, a GUID',
)

OTHER = Vendor(
    key="other",
    label="Other",
    log_name="Other",
    button="Log in with your company",
    delivers_groups=False,
    saml_names={
        "email": ("email", "mail"),
        "first_name": ("firstName", "givenName", "first_name"),
        "last_name": ("lastName", "sn", "surname", "last_name"),
    },
    oidc_names={**{name: names for name, names in _OIDC_PROFILE.items() if name != "groups"}, "subject": ("sub",)},
    group_identifier="the value that the groups attribute of the connection carries, letter for letter",
)

VENDORS = {vendor.key: vendor for vendor in (OKTA, ENTRA, OTHER)}


@dataclass(frozen=True)
class ServiceProviderDetail:
    """A service provider detail, by its label at the provider. `address`: which of a connection's addresses."""

    label: str
    address: str
    note: str = ""


@dataclass(frozen=True)
class SetUp:
    """How an application is set up at a provider, in its own words and order.

    `where`: the way to its page; `steps`: what else to choose there; `identity_provider_labels`: our field -> its
    label there.
    """

    title: str
    summary: str
    where: str
    service_provider_details: tuple[ServiceProviderDetail, ...]
    steps: tuple[str, ...]
    identity_provider_page: str
    identity_provider_labels: dict[str, str]


_SPACES = "Send space_name and space_role, so that people find their spaces at the first login; timezone if you like."

SET_UPS = {
    ("okta", "saml"): SetUp(
        title="Okta, SAML 2.0",
        summary="The usual choice at Okta. Groups arrive at each login.",
        where="Okta admin console › Applications › Create App Integration › SAML 2.0 › Configure SAML",
        service_provider_details=(
            ServiceProviderDetail(
                "Single sign-on URL", "acs_url", "Leave “Use this for Recipient URL and Destination URL” ticked."
            ),
            ServiceProviderDetail("Audience URI (SP Entity ID)", "entity_id"),
            ServiceProviderDetail("Single Logout URL", "slo_url", "Optional: under “Show Advanced Settings”."),
            ServiceProviderDetail("SP Issuer", "entity_id", "Asked for together with the Single Logout URL."),
        ),
        steps=(
            "Leave Default RelayState empty. Name ID format: Persistent. Application username: Okta username.",
            "Attribute Statements: email, firstName and lastName from user.email, user.firstName and user.lastName.",
            _SPACES,
            "Group Attribute Statements: name groups, with a filter that matches the groups to send.",
        ),
        identity_provider_page="The application's Sign On tab › SAML 2.0 › Metadata details",
        identity_provider_labels={
            "metadata_url": "Metadata URL",
            "issuer": "Issuer",
            "sso_url": "Sign on URL",
            "certificate": "Signing Certificate",
        },
    ),
    ("okta", "oidc"): SetUp(
        title="Okta, OpenID Connect",
        summary="Without certificates, with a client secret.",
        where="Okta admin console › Applications › Create App Integration › OIDC › Web Application",
        service_provider_details=(
            ServiceProviderDetail("Sign-in redirect URIs", "redirect_uri"),
            ServiceProviderDetail("Sign-out redirect URIs", "post_logout_redirect_uri"),
            ServiceProviderDetail(
                "Initiate login URI", "initiate_login_url", "Makes the tile on the Okta dashboard work."
            ),
            ServiceProviderDetail("Logout request URL", "logout_uri", "Optional: Okta logs people out here too."),
        ),
        steps=(
            "Grant type: tick Authorization Code. For the flow id_token, which needs no client secret, tick Implicit"
            " (hybrid), ID Token instead.",
            "Groups: Sign On tab › OpenID Connect ID Token › Groups claim: filter groups, Matches regex .*; and enter"
            " the scope groups under “Advanced” here.",
            _SPACES,
        ),
        identity_provider_page="The application's General tab; the issuer is the address of your Okta organization",
        identity_provider_labels={
            "issuer": "Okta domain, as https://…",
            "client_id": "Client ID",
            "client_secret": "Client secret",
        },
    ),
    ("entra", "saml"): SetUp(
        title="Microsoft Entra ID, SAML 2.0",
        summary="An enterprise application. The same one can be used for provisioning.",
        where="Entra admin center › Enterprise applications › your application › Single sign-on › SAML",
        service_provider_details=(
            ServiceProviderDetail("Identifier (Entity ID)", "entity_id"),
            ServiceProviderDetail("Reply URL (Assertion Consumer Service URL)", "acs_url"),
            ServiceProviderDetail("Sign on URL", "start_url", "Optional: the tile in My Apps begins here."),
            ServiceProviderDetail("Logout Url", "slo_url", "Optional."),
        ),
        steps=(
            "Attributes & Claims: leave the default claims as they are.",
            "Add a group claim with the default settings; the source attribute stays Group ID.",
            _SPACES,
        ),
        identity_provider_page="The same page, sections 3 and 4",
        identity_provider_labels={
            "metadata_url": "App Federation Metadata Url",
            "issuer": "Microsoft Entra Identifier",
            "sso_url": "Login URL",
            "certificate": "Certificate (Base64)",
        },
    ),
    ("entra", "oidc"): SetUp(
        title="Microsoft Entra ID, OpenID Connect",
        summary="Tenant ID, client ID and a client secret. “Sign in with Azure”.",
        where="Entra admin center › App registrations › your application › Authentication › Add a platform › Web",
        service_provider_details=(
            ServiceProviderDetail("Redirect URIs", "redirect_uri"),
            ServiceProviderDetail("Front-channel logout URL", "logout_uri", "Optional."),
            ServiceProviderDetail(
                "Home page URL", "start_url", "Optional: under Branding & properties, for the tile in My Apps."
            ),
        ),
        steps=(
            "Certificates & secrets › New client secret: copy its value, which is shown once.",
            "Implicit grant and hybrid flows: tick “ID tokens” only for the flow id_token, which needs no secret.",
            "Token configuration › Add groups claim, with the default settings.",
            "Token configuration › Add optional claim › ID: acct, which tells guests from members.",
            _SPACES,
        ),
        identity_provider_page="The application's Overview, under Essentials",
        identity_provider_labels={
            "tenant_id": "Directory (tenant) ID",
            "client_id": "Application (client) ID",
            "client_secret": "Client secret Value",
        },
    ),
    ("other", "saml"): SetUp(
        title="Other, SAML 2.0",
        summary="Any identity provider that speaks SAML 2.0: Ping, OneLogin, Keycloak, ADFS, Google …",
        where="The page of your identity provider where a SAML service provider is added",
        service_provider_details=(
            ServiceProviderDetail(
                "Metadata", "metadata_url", "All of the others at once, where your provider can read it."
            ),
            ServiceProviderDetail("Entity ID (audience)", "entity_id"),
            ServiceProviderDetail("Assertion consumer service (ACS) URL", "acs_url"),
            ServiceProviderDetail("Single logout service URL", "slo_url", "Optional."),
        ),
        steps=(
            "NameID format: persistent. Sign the assertion with RSA-SHA256 or better.",
            "Send the attributes email, firstName and lastName, or enter your names under Attribute names.",
            _SPACES,
        ),
        identity_provider_page="Your identity provider's metadata",
        identity_provider_labels={
            "metadata_url": "Metadata URL",
            "issuer": "IdP Issuer URI",
            "sso_url": "IdP Single Sign-On URL",
            "certificate": "IdP Signature Certificate",
        },
    ),
    ("other", "oidc"): SetUp(
        title="Other, OpenID Connect",
        summary="Any OpenID provider with a discovery document: Ping, Keycloak, Auth0, Google …",
        where="The page of your identity provider where a client (relying party) is added",
        service_provider_details=(
            ServiceProviderDetail("Redirect URI", "redirect_uri"),
            ServiceProviderDetail("Post-logout redirect URI", "post_logout_redirect_uri"),
            ServiceProviderDetail(
                "Initiate login URI", "initiate_login_url", "Optional: for its own list of applications."
            ),
            ServiceProviderDetail("Back-channel or front-channel logout URI", "logout_uri", "Optional."),
        ),
        steps=(
            "Allow the scopes openid, profile and email.",
            "Send email_verified with the value true: without it an e-mail finds nobody who is here already.",
            _SPACES,
        ),
        identity_provider_page="The client's settings; the issuer stands in the discovery document",
        identity_provider_labels={"issuer": "Issuer", "client_id": "Client ID", "client_secret": "Client secret"},
    ),
}

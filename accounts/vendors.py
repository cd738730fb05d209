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
    oidc_scopes: tuple[str, ...]
    group_limit: int | None = None
    groups_link: str = ""  # SAML attribute that stands in for a cut-off list

    def names(self, protocol: str, own: dict[str, str]) -> dict[str, tuple[str, ...]]:
        """Attribute names for a connection: its own spelling first, then this vendor's."""
        built_in = {**_PLAIN, **(self.saml_names if protocol == "saml" else self.oidc_names)}
        fields = {*built_in, *own}
        return {name: ((own[name],) if own.get(name) else ()) + built_in.get(name, ()) for name in fields}


_OIDC_PROFILE = {
    "email": ("email",),
    "first_name": ("given_name",),
    "last_name": ("family_name",),
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
    oidc_scopes=("openid", "profile", "email", "groups"),
    group_limit=100,
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
    oidc_scopes=("openid", "profile", "email"),
    groups_link="http://schemas.microsoft.com/claims/groups.link",
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
    oidc_scopes=("openid", "profile", "email"),
)

VENDORS = {vendor.key: vendor for vendor in (OKTA, ENTRA, OTHER)}

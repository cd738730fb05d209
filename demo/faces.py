"""How the two vendors spell the same person: one table for each face of the stand-in (`protocol.md` 6.6 and 8.3)."""

from dataclasses import dataclass, field

from demo.company import OKTA_APP_ID, TENANT_ID, Person

_CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
_MICROSOFT = "http://schemas.microsoft.com/identity/claims"
_SPACES = {"space_name": "space_name", "space_role": "space_role", "timezone": "timezone"}
_OIDC = {"email": "email", "preferred_username": "email", "name": "name", "given_name": "first_name"} | {
    "family_name": "last_name",
    "groups": "groups",
    **_SPACES,
}


@dataclass(frozen=True)
class Row:
    """One attribute about to be sent. No values: present but empty."""

    name: str
    values: tuple[str, ...]
    left_out: bool = False


@dataclass(frozen=True)
class SamlFace:
    """`attributes`: the IdP's name -> our field of a person. `group_limit`: a longer list is cut or replaced."""

    label: str
    issuer_path: str
    sso_path: str
    metadata_path: str
    attributes: dict[str, str]
    signs_response: bool
    group_limit: int
    groups_name: str = "groups"
    groups_link: str = ""
    subject_label: str = "Subject (NameID)"

    def subject(self, person: Person) -> str:
        return person.email


@dataclass(frozen=True)
class OidcFace:
    """Paths stand below the IdP's origin. `object_ids`: the token carries `oid` and `tid`, `sub` per application."""

    label: str
    issuer_path: str
    authorize_path: str
    token_path: str
    keys_path: str
    object_ids: bool
    attributes: dict[str, str] = field(default_factory=lambda: dict(_OIDC))
    groups_name: str = "groups"

    @property
    def logout_path(self) -> str:
        """Beside the other endpoints, as at both vendors."""
        return f"{self.authorize_path.rpartition('/')[0]}/logout"

    @property
    def subject_label(self) -> str:
        return "Subject (oid)" if self.object_ids else "Subject (sub)"

    def subject(self, person: Person) -> str:
        return person.object_id if self.object_ids else f"00u{person.object_id[:8]}"


OKTA_SAML = SamlFace(
    label="Okta (SAML)",
    issuer_path=f"/okta/{OKTA_APP_ID}",
    sso_path="/okta/saml/sso",
    metadata_path="/okta/saml/metadata",
    attributes={
        "email": "email",
        "firstName": "first_name",
        "lastName": "last_name",
        "groups": "groups",
        **_SPACES,
    },
    signs_response=True,
    group_limit=100,
)

ENTRA_SAML = SamlFace(
    label="Entra (SAML)",
    issuer_path=f"/{TENANT_ID}/",
    sso_path=f"/{TENANT_ID}/saml2",
    metadata_path=f"/{TENANT_ID}/federationmetadata/2007-06/federationmetadata.xml",
    attributes={
        f"{_MICROSOFT}/objectidentifier": "object_id",
        f"{_CLAIMS}/name": "email",
        f"{_CLAIMS}/emailaddress": "email",
        f"{_CLAIMS}/givenname": "first_name",
        f"{_CLAIMS}/surname": "last_name",
        "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups": "groups",
        **_SPACES,
    },
    signs_response=False,
    group_limit=150,
    groups_name="http://schemas.microsoft.com/ws/2008/06/identity/claims/groups",
    groups_link="http://schemas.microsoft.com/claims/groups.link",
)

ENTRA_OIDC = OidcFace(
    label="Entra (OpenID Connect)",
    issuer_path=f"/{TENANT_ID}/v2.0",
    authorize_path=f"/{TENANT_ID}/oauth2/v2.0/authorize",
    token_path=f"/{TENANT_ID}/oauth2/v2.0/token",
    keys_path=f"/{TENANT_ID}/discovery/v2.0/keys",
    object_ids=True,
)

OKTA_OIDC = OidcFace(
    label="Okta (OpenID Connect)",
    issuer_path="/okta/oauth2/default",
    authorize_path="/okta/oauth2/default/v1/authorize",
    token_path="/okta/oauth2/default/v1/token",
    keys_path="/okta/oauth2/default/v1/keys",
    object_ids=False,
)

SAML_FACES = (OKTA_SAML, ENTRA_SAML)
OIDC_FACES = (ENTRA_OIDC, OKTA_OIDC)
Face = SamlFace | OidcFace


def rows_for(face: Face, person: Person) -> list[Row]:
    """The attributes of this person in this face's spelling; what the directory does not hold is not sent."""
    rows = []
    for name, source in face.attributes.items():
        value = getattr(person, source)
        if value is not None:
            rows.append(Row(name, value if isinstance(value, tuple) else (value,)))
    return rows

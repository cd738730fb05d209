"""PURE. From a verified assertion to `IdentityClaims`: who it is, and what the attributes say (`protocol.md` 8.3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from accounts.connections.provider import tenants
from accounts.connections.vendors import ENTRA
from accounts.sso import masking
from accounts.sso.attributes import guests
from accounts.sso.attributes.reading import Names, first_email, first_text, is_email, profile, text_values
from accounts.sso.attributes.reading import arrived as names_that_arrived
from accounts.sso.claims import IdentityClaims
from accounts.sso.refusal import LoginRefused
from accounts.sso.saml.checks import VerifiedAssertion
from accounts.sso.trace import Trace
from common.texts import storable

_TRANSIENT = "urn:oasis:names:tc:SAML:2.0:nameid-format:transient"
_MICROSOFT = "http://schemas.microsoft.com/identity/claims"
OBJECT_ID, TENANT_ID = (f"{_MICROSOFT}/objectidentifier",), (f"{_MICROSOFT}/tenantid",)
IDENTITY_PROVIDER = (f"{_MICROSOFT}/identityprovider",)
ACCOUNT_STATUS = (f"{_MICROSOFT}/acct", "acct")
# Entra's names of a user, which are looked at for a guest's on any connection.
_NAMES = tuple(
    f"http://schemas.xmlsoap.org/ws/2005/05/identity/claims/{name}" for name in ("name", "upn", "emailaddress")
)
_MAX_SUBJECT = 512
SESSION_LIMIT = 512


@dataclass(frozen=True)
class Reading:
    """How a connection reads attributes. `own`: field -> the attribute name that its admin set."""

    connection_id: UUID
    names: Names
    own: Mapping[str, str]
    groups_link: str = ""
    is_entra: bool = False
    # Our entity ID where single logout is on: then the NameID is kept beside the session, for that alone (R33).
    logout_as: str = ""

    @property
    def shown(self) -> set[str]:
        """Names of attributes whose values are used."""
        used = {name for names in self.names.values() for name in names}
        return {*used, *OBJECT_ID, *TENANT_ID, *IDENTITY_PROVIDER, *ACCOUNT_STATUS}


def identity_claims(assertion: VerifiedAssertion, reading: Reading, trace: Trace | None = None) -> IdentityClaims:
    """Raises LoginRefused where the assertion has no lasting subject, or no e-mail address."""
    attributes = assertion.attributes
    arrived = {**attributes, **assertion.structured}
    if trace is not None:
        trace.attributes = masking.masked_attributes(arrived, reading.shown, reading.names.get("groups", ()))
    _check_tenant(assertion, reading)
    subject = _subject(assertion, reading)
    names = user_names(assertion, reading.names)
    guest = _guest(assertion, reading, names)
    # SAML has no text that is no list: one value alone may be a list of groups as one text.
    groups = {name: arrived[name] for name in reading.names.get("groups", ()) if name in arrived}
    sole = {name: value[0] for name, value in groups.items() if isinstance(value, tuple) and len(value) == 1}
    fields = profile({**arrived, **sole}, reading.names, reading.own, _elsewhere(attributes, reading))
    # A guest's user name is made up by Entra and is no address.
    fields["email"] = fields["email"] or first_email(name for name in names if not guests.is_made_up(name))
    if not fields["email"]:
        raise _no_email(assertion, reading)
    if guest:
        fields["remarks"] += (f"A guest of the tenant ({guest}): e-mail and names are not used to find a user.",)
    name_id = assertion.full_name_id
    return IdentityClaims(
        connection_id=reading.connection_id,
        issuer=assertion.issuer,
        subject=subject,
        subject_is_email=_is_email_name(assertion, subject),
        email_trusted=not guest,
        guest=guest,
        user_names=() if guest else names,
        external_ids=_external_ids(assertion, subject, guest),
        message_id=assertion.assertion_id,
        message_expires_at=assertion.expires_at,
        authenticated_at=assertion.authenticated_at,
        session_ends_at=assertion.session_ends_at,
        idp_session=assertion.session_index[:SESSION_LIMIT],
        logout_hints=name_id.hints(assertion.issuer, reading.logout_as) if name_id and reading.logout_as else {},
        received_names=tuple(sorted(attributes)),
        **fields,
    )


def _elsewhere(attributes: Mapping[str, object], reading: Reading) -> tuple[str, ...]:
    """Entra's link stands in for Entra's attribute of groups, whatever else is read."""
    is_cut_off = bool(reading.groups_link) and reading.groups_link in attributes
    return ENTRA.saml_names["groups"] if is_cut_off else ()


def _guest(assertion: VerifiedAssertion, reading: Reading, names: tuple[str, ...]) -> str:
    """Why this is a guest of an Entra tenant; empty: a member."""
    attributes = assertion.attributes
    e_mails = [*reading.names.get("email", ()), *_NAMES]
    is_entra = _is_entra(assertion, reading)
    return guests.why_guest(
        guests.Signs(
            account_status=guests.values_of(attributes.get(name) for name in ACCOUNT_STATUS),
            providers=guests.values_of(attributes.get(name) for name in IDENTITY_PROVIDER),
            names=(
                assertion.name_id,
                *names,
                *(text for name in e_mails for text in text_values(attributes.get(name))),
            ),
            issuer=assertion.issuer,
            tenant=first_text(attributes, TENANT_ID) or (tenants.tenant_of(assertion.issuer) if is_entra else ""),
            is_entra=is_entra,
        )
    )


def _is_entra(assertion: VerifiedAssertion, reading: Reading) -> bool:
    return reading.is_entra or tenants.is_microsoft(assertion.issuer)


def _check_tenant(assertion: VerifiedAssertion, reading: Reading) -> None:
    """The tenant of an issuer like `https://sts.windows.net/GUID/` is also that of the user. Raises LoginRefused."""
    wanted = tenants.tenant_of(assertion.issuer) if _is_entra(assertion, reading) else ""
    sent = first_text(assertion.attributes, TENANT_ID)
    if wanted and sent and sent.lower() != wanted:
        raise LoginRefused("saml-tenant", f"the tenant of the issuer, '{wanted}'", f"the tenant ID '{sent[:100]}'")


def _external_ids(assertion: VerifiedAssertion, subject: str, guest: str) -> tuple[str, ...]:
    """By what provisioning may have stored the user: the object ID, else the subject; a guest's may be an e-mail."""
    object_id = first_text(assertion.attributes, OBJECT_ID)
    if guest:
        return (object_id,) if object_id else ()
    return (object_id or subject,)


def user_names(assertion: VerifiedAssertion, names: Names) -> tuple[str, ...]:
    """Other names of the user: the name and UPN attributes, and a NameID that is an e-mail address."""
    values = [first_text(assertion.attributes, (name,)) for name in names.get("user_name", ())]
    if is_email(assertion.name_id):
        values.append(storable(assertion.name_id))
    return tuple(dict.fromkeys(value for value in values if value))


def _subject(assertion: VerifiedAssertion, reading: Reading) -> str:
    """By what the user is known again: the subject attribute, else the NameID (R12: never the e-mail by itself)."""
    subject = _subject_attribute(assertion, reading)
    if not subject and assertion.name_id_format == _TRANSIENT:
        raise _no_subject("a transient NameID, which is another one at each login", reading)
    subject = subject or storable(assertion.name_id)
    if not subject or len(subject) > _MAX_SUBJECT:
        raise _no_subject(f"one of {len(subject)} characters" if subject else "none", reading)
    return subject


def _is_email_name(assertion: VerifiedAssertion, subject: str) -> bool:
    """Whether the subject is the NameID, of the format of e-mail addresses. One of another format that looks like an
    address is compared as it is: the format alone says that letter case does not count."""
    name_id = assertion.full_name_id
    return name_id is not None and name_id.is_email and subject == storable(assertion.name_id)


def _subject_attribute(assertion: VerifiedAssertion, reading: Reading) -> str:
    """Entra's object id is unique with its tenant only, so the two are put together where both arrive."""
    found = first_text(assertion.attributes, reading.names.get("subject", ()))
    tenant = first_text(assertion.attributes, TENANT_ID)
    is_object_id = reading.is_entra and found and found == first_text(assertion.attributes, OBJECT_ID)
    return f"{tenant.lower()}/{found}" if is_object_id and tenant else found


def _no_subject(received: str, reading: Reading) -> LoginRefused:
    looked_for = " or ".join(f"“{name}”" for name in reading.names.get("subject", ()))
    return LoginRefused(
        "saml-subject",
        f"a lasting NameID of at most {_MAX_SUBJECT} characters"
        + (f", or the attribute {looked_for}" if looked_for else ""),
        received,
    )


def _no_email(assertion: VerifiedAssertion, reading: Reading) -> LoginRefused:
    looked_for = " or ".join(f"“{name}”" for name in reading.names.get("email", ()))
    present = [name for name in reading.names.get("email", ()) if text_values(assertion.attributes.get(name))]
    received = f"“{present[0]}” without the shape of an e-mail address" if present else "none of them"
    return LoginRefused(
        "no-email",
        f"an e-mail address in the attribute {looked_for}, or as NameID",
        f"{received}. {names_that_arrived(assertion.attributes).removesuffix('.')}",
    )

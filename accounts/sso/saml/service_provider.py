"""SAML 2.0 service provider, one per connection: the request, our metadata, the answer.

The only importer of pysaml2, which builds the two documents we send. It costs 0.2 s to import, so that is done late.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings

from accounts.connections.certificates.certificates import (
    STRONG,
    CertificateError,
    certificate_body,
    stored_certificates,
    usable_certificates,
    weakness,
)
from accounts.connections.vendors import VENDORS
from accounts.models import Connection, SignInTransaction
from accounts.models.identity import Vendor
from accounts.models.request_choices import NameIdFormat
from accounts.sso.claims import IdentityClaims
from accounts.sso.refusal import LoginRefused
from accounts.sso.refusals.row import Side
from accounts.sso.saml import xml_signature
from accounts.sso.saml.bindings import REQUEST, Outgoing, deflated, encoded, signed_query, with_query
from accounts.sso.saml.checks import Expectations, check_signed, read_response
from accounts.sso.saml.claims import Reading, identity_claims
from accounts.sso.saml.shape import parse_signed
from accounts.sso.trace import Trace
from common.encryption import is_kept

_POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
_REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
_PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
_NAME_ID_FORMATS = (NameIdFormat.PERSISTENT, NameIdFormat.EMAIL, NameIdFormat.UNSPECIFIED)
_ENCRYPTION_METHODS = (
    "http://www.w3.org/2009/xmlenc11#aes256-gcm",
    "http://www.w3.org/2009/xmlenc11#aes128-gcm",
    "http://www.w3.org/2001/04/xmlenc#aes256-cbc",
    "http://www.w3.org/2001/04/xmlenc#aes128-cbc",
    "http://www.w3.org/2001/04/xmlenc#rsa-oaep-mgf1p",
)


def _base(connection: Connection) -> str:
    return f"{settings.BASE_URL}/api/accounts/{connection.account.slug}/saml/{connection.pk}"


def acs_url(connection: Connection) -> str:
    return f"{_base(connection)}/acs"


def slo_url(connection: Connection) -> str:
    """Where we take logout messages; "" without a key, for we could not sign ours."""
    return f"{_base(connection)}/slo" if is_kept(connection, "sp_private_key") and connection.sp_certificate else ""


def entity_id(connection: Connection) -> str:
    """Our entity ID towards this connection's IdP; also where its metadata is."""
    return f"{_base(connection)}/metadata"


def authn_request(connection: Connection, state: str, request_id: str, login_hint: str = "") -> Outgoing:
    """Where to send the browser, and with what, by the binding of the connection. `state` becomes RelayState.

    `login_hint` goes as a query parameter, also of the address of a form, for Entra refuses a Subject. Raises
    LoginRefused where requests are to be signed and there is no key.
    """
    xml = _authn_request(connection, request_id)
    hint = urlencode({"login_hint": login_hint}) if login_hint else ""
    try:
        if connection.sso_by_post:  # signed inside (bindings 3.5.4)
            if connection.sign_requests:
                xml = xml_signature.signed(parse_signed(xml), connection.sp_private_key, connection.sp_certificate)
            return Outgoing(with_query(connection.sso_url, hint), {REQUEST: encoded(xml), "RelayState": state})
        query = {REQUEST: deflated(xml), "RelayState": state}
        written = signed_query(query, connection.sp_private_key) if connection.sign_requests else urlencode(query)
    except ValueError:
        expected = "an RSA key on the connection, as it signs its requests"
        raise LoginRefused("saml-no-signing-key", expected, "none") from None
    return Outgoing(with_query(with_query(connection.sso_url, written), hint))


def _authn_request(connection: Connection, request_id: str) -> bytes:
    """NameIDPolicy and RequestedAuthnContext only where the connection has them: each would refuse users for whom all
    else is right (`protocol.md` 8.1).

    AllowCreate, so that a first login is no error; it means nothing for transient ones (SAML core 3.4.1.1).
    """
    from saml2 import saml, samlp

    wanted = connection.name_id_policy
    allow_create = None if wanted == NameIdFormat.TRANSIENT else "true"
    policy = samlp.NameIDPolicy(format=wanted, allow_create=allow_create) if wanted else None
    contexts = [saml.AuthnContextClassRef(text=name) for name in connection.authn_contexts.split()]
    comparison = connection.authn_comparison
    context = samlp.RequestedAuthnContext(authn_context_class_ref=contexts, comparison=comparison) if contexts else None
    request = samlp.AuthnRequest(
        id=request_id,
        version="2.0",
        issue_instant=datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        destination=connection.sso_url,
        protocol_binding=_POST,
        assertion_consumer_service_url=acs_url(connection),
        issuer=saml.Issuer(text=entity_id(connection)),
        force_authn="true" if connection.force_authn else None,
        name_id_policy=policy,
        requested_authn_context=context,
    )
    xml: bytes = request.to_string()
    return xml


def service_provider_metadata(connection: Connection) -> bytes:
    """Our metadata for this connection, to upload at its IdP (`protocol.md` 8.1)."""
    from saml2 import md

    location = slo_url(connection)
    descriptor = md.SPSSODescriptor(
        protocol_support_enumeration=_PROTOCOL,
        authn_requests_signed=str(connection.sign_requests).lower(),
        want_assertions_signed="true",
        key_descriptor=_key_descriptors(connection),
        single_logout_service=[
            md.SingleLogoutService(binding=binding, location=location) for binding in (_REDIRECT, _POST) if location
        ],
        name_id_format=[md.NameIDFormat(text=name.value) for name in _NAME_ID_FORMATS],
        assertion_consumer_service=[
            md.AssertionConsumerService(binding=_POST, location=acs_url(connection), index="0", is_default="true")
        ],
    )
    entity = md.EntityDescriptor(entity_id=entity_id(connection), spsso_descriptor=descriptor)
    xml: bytes = entity.to_string()
    return xml


def _key_descriptors(connection: Connection) -> list[Any]:
    from saml2 import md, xmldsig

    if not connection.sp_certificate:
        return []
    body = certificate_body(connection.sp_certificate)
    data = xmldsig.X509Data(x509_certificate=xmldsig.X509Certificate(text=body))
    methods = [md.EncryptionMethod(algorithm=name) for name in _ENCRYPTION_METHODS]
    return [
        md.KeyDescriptor(use="signing", key_info=xmldsig.KeyInfo(x509_data=data)),
        md.KeyDescriptor(use="encryption", key_info=xmldsig.KeyInfo(x509_data=data), encryption_method=methods),
    ]


def read_answer(
    connection: Connection,
    answer: Mapping[str, str],
    transaction: SignInTransaction,
    trace: Trace | None = None,
    now: datetime | None = None,
) -> IdentityClaims:
    """The verified claims of a posted answer, or `LoginRefused`. The caller remembers `message_id` against replay."""
    expected = _expectations(connection, transaction.request_id)
    assertion = read_response(answer.get("SAMLResponse", ""), expected, now or datetime.now(UTC), trace)
    return identity_claims(assertion, reading_of(connection), trace)


def check_signature(connection: Connection, answer: Mapping[str, str]) -> None:
    """That the connection's IdP signed this answer, and no more: LoginRefused for what anyone can have made."""
    check_signed(answer.get("SAMLResponse", ""), _expectations(connection, ""))


def _expectations(connection: Connection, request_id: str) -> Expectations:
    return Expectations(
        acs_url=acs_url(connection),
        sp_entity_id=entity_id(connection),
        idp_entity_id=connection.idp_entity_id,
        certificates=certificates(connection),
        request_id=request_id,
        allow_idp_initiated=connection.allow_idp_initiated,
        decryption_key=lambda: connection.sp_private_key,
        clock_skew=connection.clock_skew,
        allow_sha1=connection.allow_sha1,
        accept_response_signature_over_encryption=connection.accept_response_signature_over_encryption,
        message_limit=settings.SIGN_IN_MESSAGE_LIMIT,
        shown_attributes=frozenset(reading_of(connection).shown),
    )


def certificates(connection: Connection) -> tuple[str, ...]:
    """PEM, every one that the IdP may sign with. Raises LoginRefused when they cannot be read, or all are weak."""
    try:
        usable = usable_certificates(connection.idp_certificates)
    except CertificateError as error:
        raise LoginRefused(
            "saml-certificate",
            "a readable signing certificate on the connection",
            str(error),
            "Read the identity provider's metadata again.",
            side=Side.TORQUE,
        ) from None
    if not usable:  # taken before such keys were refused
        raise LoginRefused(
            "saml-certificate",
            f"a signing certificate on the connection with {STRONG}",
            ", ".join(weakness(pem) for pem in stored_certificates(connection.idp_certificates)),
        )
    return usable


def reading_of(connection: Connection) -> Reading:
    """How this connection turns attributes into the fields of a user."""
    vendor = VENDORS[connection.vendor]
    return Reading(
        connection_id=connection.pk,
        names=vendor.names("saml", connection.attribute_names),
        own=connection.attribute_names,
        groups_link=vendor.groups_link,
        is_entra=connection.vendor == Vendor.ENTRA,
        logout_as=entity_id(connection) if slo_url(connection) else "",
    )

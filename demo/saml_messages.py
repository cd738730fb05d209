"""SAML as the two vendors send it: reads an AuthnRequest, writes metadata and responses (`protocol.md` section 8)."""

import base64
import binascii
import secrets
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import xmlsec
from lxml import etree
from lxml.builder import ElementMaker  # type: ignore[import-not-found]

from demo.faces import Row, SamlFace
from demo.safe import SigningKey

SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
METADATA = "urn:oasis:names:tc:SAML:2.0:metadata"
SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"
EMAIL_FORMAT = "urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress"
UNSPECIFIED_NAME = "urn:oasis:names:tc:SAML:2.0:attrname-format:unspecified"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
PASSWORD_CONTEXT = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
RESPONDER = "urn:oasis:names:tc:SAML:2.0:status:Responder"
AUTHN_FAILED = "urn:oasis:names:tc:SAML:2.0:status:AuthnFailed"
MAX_REQUEST = 64 * 1024  # bytes, inflated

_a = ElementMaker(namespace=SAML, nsmap={"saml2": SAML})
_p = ElementMaker(namespace=SAMLP, nsmap={"saml2p": SAMLP})
_m = ElementMaker(namespace=METADATA, nsmap={"md": METADATA})
_d = ElementMaker(namespace=SIGNATURE, nsmap={"ds": SIGNATURE})


class UnreadableRequest(Exception):
    """No AuthnRequest this IdP could answer; the message is a sentence for the page."""


@dataclass(frozen=True)
class SamlRequest:
    """Where the answer goes. `request_id` is empty when the person began at the IdP."""

    request_id: str
    entity_id: str
    acs_url: str


def read_authn_request(encoded: str) -> SamlRequest:
    """The request of the Redirect binding (base64 of raw deflate) or the POST binding. Raises UnreadableRequest."""
    root = _parsed(_unpacked(encoded))
    if root.tag != f"{{{SAMLP}}}AuthnRequest":
        raise UnreadableRequest(f"Expected an AuthnRequest, received <{etree.QName(root).localname}>.")
    issuer = (root.findtext(f"{{{SAML}}}Issuer") or "").strip()
    request = SamlRequest(root.get("ID", ""), issuer, root.get("AssertionConsumerServiceURL", ""))
    if not (request.request_id and request.entity_id and request.acs_url):
        raise UnreadableRequest("The AuthnRequest lacks an ID, an Issuer or an AssertionConsumerServiceURL.")
    return request


def _unpacked(encoded: str) -> bytes:
    try:
        packed = base64.b64decode(encoded, validate=True)
        xml = packed if packed.startswith(b"<") else zlib.decompressobj(-15).decompress(packed, MAX_REQUEST + 1)
    except (binascii.Error, ValueError, zlib.error):
        raise UnreadableRequest("The SAMLRequest is not base64 of a deflated message.") from None
    if len(xml) > MAX_REQUEST:
        raise UnreadableRequest("The SAMLRequest is too large.")
    return xml


def _parsed(xml: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise UnreadableRequest("The SAMLRequest is not well-formed XML.") from None
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        raise UnreadableRequest("The SAMLRequest has a DOCTYPE.")
    return root


def metadata(face: SamlFace, origin: str, key: SigningKey, binding: str = REDIRECT) -> bytes:
    """The EntityDescriptor of this face. `binding`: by which it takes requests."""
    service = {"Binding": binding, "Location": origin + face.sso_path}
    certificate = _d.KeyInfo(_d.X509Data(_d.X509Certificate(key.certificate_base64)))
    descriptor = _m.IDPSSODescriptor(
        _m.KeyDescriptor(certificate, use="signing"),
        _m.NameIDFormat(EMAIL_FORMAT),
        _m.SingleSignOnService(service),
        WantAuthnRequestsSigned="false",
        protocolSupportEnumeration=SAMLP,
    )
    entity = _m.EntityDescriptor(descriptor, entityID=origin + face.issuer_path)
    return etree.tostring(entity, xml_declaration=True, encoding="UTF-8")


@dataclass(frozen=True)
class Answer:
    """Who answers whom: what every message of one face to one request shares."""

    face: SamlFace
    issuer: str
    key: SigningKey
    request: SamlRequest

    def success(self, subject: str, rows: list[Row]) -> bytes:
        """A signed Response with one signed Assertion. The Assertion alone is signed where the vendor does so."""
        now = datetime.now(UTC).replace(microsecond=0)
        assertion = _assertion(self, subject, rows, now)
        response = self._response(now, _p.Status(_p.StatusCode(Value=SUCCESS)))
        response.append(assertion)
        _sign(assertion, self.key)
        if self.face.signs_response:
            _sign(response, self.key)
        return etree.tostring(response)

    def failure(self, message: str) -> bytes:
        """A Response without an Assertion, signed as successful ones are."""
        code = _p.StatusCode(_p.StatusCode(Value=AUTHN_FAILED), Value=RESPONDER)
        response = self._response(datetime.now(UTC), _p.Status(code, _p.StatusMessage(message)))
        if self.face.signs_response:
            _sign(response, self.key)
        return etree.tostring(response)

    def _response(self, now: datetime, status: etree._Element) -> etree._Element:
        response: etree._Element = _p.Response(
            _a.Issuer(self.issuer),
            status,
            ID=_new_id(),
            Version="2.0",
            IssueInstant=_stamp(now),
            Destination=self.request.acs_url,
        )
        if self.request.request_id:
            response.set("InResponseTo", self.request.request_id)
        return response


def _assertion(answer: Answer, subject: str, rows: list[Row], now: datetime) -> etree._Element:
    request, soon, early = answer.request, now + timedelta(minutes=5), now - timedelta(minutes=5)
    confirmed = _a.SubjectConfirmationData(Recipient=request.acs_url, NotOnOrAfter=_stamp(soon))
    if request.request_id:
        confirmed.set("InResponseTo", request.request_id)
    identifier = _new_id()
    assertion: etree._Element = _a.Assertion(
        _a.Issuer(answer.issuer),
        _a.Subject(
            _a.NameID(subject, Format=EMAIL_FORMAT),
            _a.SubjectConfirmation(confirmed, Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"),
        ),
        _a.Conditions(
            _a.AudienceRestriction(_a.Audience(request.entity_id)),
            NotBefore=_stamp(early),
            NotOnOrAfter=_stamp(soon),
        ),
        _a.AuthnStatement(
            _a.AuthnContext(_a.AuthnContextClassRef(PASSWORD_CONTEXT)),
            AuthnInstant=_stamp(now),
            SessionIndex=identifier,
        ),
        *_attribute_statement(answer, subject, rows),
        ID=identifier,
        Version="2.0",
        IssueInstant=_stamp(now),
    )
    return assertion


def _attribute_statement(answer: Answer, subject: str, rows: list[Row]) -> list[etree._Element]:
    """At most one: the schema wants at least one attribute in it."""
    attributes = [
        _a.Attribute(*[_a.AttributeValue(value) for value in row.values], Name=row.name, NameFormat=UNSPECIFIED_NAME)
        for row in _with_group_limit(answer.face, subject, rows)
    ]
    return [_a.AttributeStatement(*attributes)] if attributes else []


def _with_group_limit(face: SamlFace, subject: str, rows: list[Row]) -> list[Row]:
    """Okta cuts a long list without a word, Entra puts a link in its place (`protocol.md` section 9)."""
    return [_shortened(face, subject, row) for row in rows if not row.left_out]


def _shortened(face: SamlFace, subject: str, row: Row) -> Row:
    if row.name != face.groups_name or len(row.values) <= face.group_limit:
        return row
    if face.groups_link:
        return Row(face.groups_link, (f"https://graph.windows.net/acme/users/{subject}/getMemberObjects",))
    return Row(row.name, row.values[: face.group_limit])


def _sign(element: etree._Element, key: SigningKey) -> None:
    """An enveloped RSA-SHA256 signature, second child as the schema wants it."""
    node = xmlsec.template.create(
        element, xmlsec.constants.TransformExclC14N, xmlsec.constants.TransformRsaSha256, ns="ds"
    )
    element.insert(1, node)
    reference = xmlsec.template.add_reference(node, xmlsec.constants.TransformSha256, uri=f"#{element.get('ID')}")
    xmlsec.template.add_transform(reference, xmlsec.constants.TransformEnveloped)
    xmlsec.template.add_transform(reference, xmlsec.constants.TransformExclC14N)
    xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(node))
    xmlsec.tree.add_ids(element, ["ID"])
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(key.private_pem, xmlsec.constants.KeyDataFormatPem)
    context.key.load_cert_from_memory(key.certificate_pem, xmlsec.constants.KeyDataFormatPem)
    context.sign(node)


def _new_id() -> str:
    return f"id{secrets.token_hex(16)}"


def _stamp(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")

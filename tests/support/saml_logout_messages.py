"""Makes logout messages as identity providers do, and as no honest one would, by both bindings.

Query signatures are made here by hand from SAML bindings 3.4.4.1, as the enveloped ones are in `saml_signing`.
"""

import base64
import zlib
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, quote_plus, unquote_plus, urlsplit

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from lxml import etree

from accounts.sso.logout import saml_messages
from accounts.sso.logout.saml_messages import LogoutExpectations
from accounts.sso.saml import bindings as saml_bindings
from accounts.sso.saml.bindings import InboundMessage
from tests.support.saml_keys import key_pair
from tests.support.saml_messages import ISSUERS, NOW, Edit, Element, encode, unsigned
from tests.support.saml_signing import Signing, sign, signature_over

SLO_URL = "http://localhost:8000/api/accounts/acme/saml/11111111-1111-4111-8111-111111111111/slo"
SUCCESS = "urn:oasis:names:tc:SAML:2.0:status:Success"
BINDINGS = ["post", "redirect"]


def logout_message(
    vendor: str = "okta", shape: str = "logout-request", *, edit: Edit | None = None, now: datetime = NOW, **fields: Any
) -> Element:
    """Not signed. `edit` changes it. `fields`: what the placeholders of the payload stand for."""
    usual = {
        "message_id": "_l1",
        "slo_url": SLO_URL,
        "session_index": "_s1",
        "ends_at": now + timedelta(minutes=5),
        "status": SUCCESS,
    }
    root = unsigned(vendor, shape, now=now, **{**usual, **fields})
    if edit:
        edit(root)
    return root


def posted(
    root: Element,
    signing: Signing | None = Signing(),  # noqa: B008  frozen
    edit_signed: Edit | None = None,
    relay_state: str | None = None,
) -> dict[str, str]:
    """The form's fields. `edit_signed` changes the message after it was signed."""
    if signing:
        sign(root, signing)
    if edit_signed:
        edit_signed(root)
    return {name_of(root): encode(etree.tostring(root))} | ({} if relay_state is None else {"RelayState": relay_state})


def redirected(
    root: Element,
    signing: Signing | None = Signing(),  # noqa: B008  frozen
    relay_state: str | None = None,
    *,
    packed: bytes | None = None,
    lower_case: bool = False,
) -> str:
    """The query. `packed`: sent instead of the message. `lower_case`: %3d instead of %3D, as .NET writes it."""

    def quoted(text: str) -> str:
        written = quote_plus(text)
        return "".join(part.lower() if part[:1] == "%" else part for part in _parts(written)) if lower_case else written

    body = base64.b64encode(deflated(etree.tostring(root)) if packed is None else packed).decode()
    query = f"{name_of(root)}={quoted(body)}"
    if relay_state is not None:
        query += f"&RelayState={quoted(relay_state)}"
    if signing is None:
        return query
    query += f"&SigAlg={quoted(signing.algorithm)}"
    return f"{query}&Signature={quoted(base64.b64encode(signature_over(query.encode(), signing)).decode())}"


def _parts(written: str) -> list[str]:
    """Percent-encoded characters, and the text between them."""
    first, *rest = written.split("%")
    return [first] + [part for item in rest for part in ("%" + item[:2], item[2:])]


def deflated(xml: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(xml) + packer.flush()


def name_of(root: Element) -> str:
    return "SAMLRequest" if etree.QName(root).localname.endswith("Request") else "SAMLResponse"


def came(root: Element, by: str, signing: Signing | None = Signing()) -> InboundMessage:  # noqa: B008
    """The message as a view reads it."""
    if by == "post":
        return saml_bindings.read_form(posted(root, signing))
    return saml_bindings.read_query(redirected(root, signing))


def expectations(vendor: str = "okta", **changes: Any) -> LogoutExpectations:
    certificates = (key_pair("idp").certificate,)
    usual = {"slo_url": SLO_URL, "idp_entity_id": ISSUERS[vendor], "certificates": certificates}
    return LogoutExpectations(**{**usual, **changes})


def read(
    message: InboundMessage, vendor: str = "okta", **changes: Any
) -> saml_messages.LogoutRequest | saml_messages.LogoutResponse:
    """What a connection reads out of it. Raises LoginRefused."""
    expected = expectations(vendor, **changes)
    root = saml_messages.verified(message, expected)
    return (saml_messages.read_request if message.is_request else saml_messages.read_response)(root, expected, NOW)


def sent(address: str) -> tuple[Element, dict[str, str]]:
    """The message that a redirect of ours carries, and its query."""
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query, strict_parsing=True).items()}
    packed = base64.b64decode(query.get("SAMLRequest") or query["SAMLResponse"])
    return etree.fromstring(zlib.decompress(packed, -15)), query


def assert_query_is_signed(address: str, certificate: str) -> None:
    """That a redirect of ours verifies with our certificate, from its text as it is written."""
    signed, _, rest = urlsplit(address).query.partition("&Signature=")
    public_key = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    assert isinstance(public_key, rsa.RSAPublicKey)
    public_key.verify(base64.b64decode(unquote_plus(rest)), signed.encode(), padding.PKCS1v15(), hashes.SHA256())

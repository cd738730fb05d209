"""PURE. How SAML messages travel: HTTP-Redirect, signed beside them; HTTP-POST, signed inside (bindings 3.4, 3.5).

What a redirect signs is the query exactly as the sender wrote it, so what comes is taken apart once, here, and nothing
else of the request is looked at: two readers of one query that disagree would be a way around the signature.
"""

import base64
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_plus, urlencode

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from accounts.connections.certificates.certificates import rsa_private_key
from accounts.sso.refusal import LoginRefused
from accounts.sso.saml.shape import decode, unbase64
from common.texts import quoted

REQUEST, RESPONSE = "SAMLRequest", "SAMLResponse"
RSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"
DEFLATE = "urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE"
# Beyond the 80 bytes of the standard, for it goes back as it came (bindings 3.4.3).
MAX_RELAY_STATE = 2048
_FIELDS = (REQUEST, RESPONSE, "RelayState", "SAMLEncoding", "SigAlg", "Signature")


@dataclass(frozen=True)
class Outgoing:
    """Where the browser takes a message. `fields`: to be posted there; none: all of it is in the address."""

    address: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DetachedSignature:
    """Of a redirect: what was signed, and what with."""

    algorithm: str
    signed: bytes
    value: bytes


@dataclass(frozen=True)
class InboundMessage:
    """A message that arrived, not looked into yet. `signature`: of a redirect; None: it is inside, or there is none."""

    name: str  # SAMLRequest or SAMLResponse
    unverified_message: str
    relay_state: str | None
    by_redirect: bool
    signature: DetachedSignature | None = None

    @property
    def is_request(self) -> bool:
        return self.name == REQUEST

    def unverified_xml(self, limit: int) -> bytes:
        """`limit`: characters of base64, and of a redirect also bytes after it was inflated. Raises LoginRefused."""
        packed = decode(self.unverified_message, limit)
        return _inflated(packed, limit) if self.by_redirect else packed


def read_form(form: Mapping[str, str]) -> InboundMessage:
    """A message of the POST binding. Raises LoginRefused where there is none, or more than one."""
    name = _the_message(form)
    return InboundMessage(name, form[name], _relay_state(form), by_redirect=False)


def read_query(query: str) -> InboundMessage:
    """A message of the Redirect binding; `query`: as the browser sent it. Raises LoginRefused."""
    written = _written(query)
    try:
        fields = {name: unquote_plus(text, errors="strict") for name, text in written.items()}
    except UnicodeDecodeError:
        raise LoginRefused("saml-encoding", "a query in UTF-8", "another encoding") from None
    name = _the_message(fields)
    if fields.get("SAMLEncoding", DEFLATE) != DEFLATE:
        raise LoginRefused("saml-encoding", "a deflated message", quoted(fields["SAMLEncoding"]))
    return InboundMessage(
        name, fields[name], _relay_state(fields), by_redirect=True, signature=_detached(name, written, fields)
    )


def deflated(xml: bytes) -> str:
    """Raw deflate, then base64 (SAML bindings 3.4.4.1)."""
    packer = zlib.compressobj(wbits=-15)
    return base64.b64encode(packer.compress(xml) + packer.flush()).decode()


def encoded(xml: bytes) -> str:
    """As a form carries it (bindings 3.5.4)."""
    return base64.b64encode(xml).decode()


def signed_query(fields: Mapping[str, str], private_key_pem: str) -> str:
    """The query with its signature, which covers it exactly as it is written (bindings 3.4.4.1). ValueError: no key."""
    text = urlencode({**fields, "SigAlg": RSA_SHA256})
    signature = rsa_private_key(private_key_pem).sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{text}&{urlencode({'Signature': base64.b64encode(signature).decode()})}"


def with_query(address: str, query: str) -> str:
    """`query`: encoded; empty: the address as it is."""
    if not query:
        return address
    return f"{address}{'&' if '?' in address else '?'}{query}"


def _written(query: str) -> dict[str, str]:
    """The fields that count, still encoded. Each once: of two, the signature might cover the other one."""
    found: dict[str, str] = {}
    for pair in query.split("&"):
        name, _, text = pair.partition("=")
        if unquote_plus(name) not in _FIELDS:
            continue
        if name not in _FIELDS or name in found:
            raise LoginRefused(
                "saml-query", "each field of the query once, under its plain name", f"{quoted(name)} again or encoded"
            )
        found[name] = text
    return found


def _the_message(fields: Mapping[str, str]) -> str:
    present = [name for name in (REQUEST, RESPONSE) if name in fields]
    if len(present) != 1:
        received = "both" if present else "neither"
        raise LoginRefused("saml-no-message", f"either a {REQUEST} or a {RESPONSE}", received)
    return present[0]


def _relay_state(fields: Mapping[str, str]) -> str | None:
    relay_state = fields.get("RelayState")
    if relay_state is not None and len(relay_state) > MAX_RELAY_STATE:
        raise LoginRefused(
            "saml-size", f"a RelayState of at most {MAX_RELAY_STATE} characters", f"{len(relay_state)} characters"
        )
    return relay_state


def _detached(name: str, written: Mapping[str, str], fields: Mapping[str, str]) -> DetachedSignature | None:
    """The signed text is put together from the original encoding, in the order that the standard names."""
    if "Signature" not in fields:
        return None
    signed = "&".join(f"{field}={written[field]}" for field in (name, "RelayState", "SigAlg") if field in written)
    try:
        value = unbase64(fields["Signature"])
    except ValueError:
        raise LoginRefused("saml-signature-shape", "a Signature in base64", "other text") from None
    return DetachedSignature(fields.get("SigAlg", ""), signed.encode(), value)


def _inflated(packed: bytes, limit: int) -> bytes:
    """No more is unpacked than may be read, however small it came."""
    unpacker = zlib.decompressobj(wbits=-15)
    try:
        xml = unpacker.decompress(packed, limit + 1)
    except zlib.error:
        raise _not_deflated("other bytes") from None
    if len(xml) > limit:
        raise LoginRefused("saml-size", f"a message of at most {limit} bytes", "more, after it was unpacked")
    if not unpacker.eof or unpacker.unused_data:
        raise _not_deflated("one that is cut off or goes on after its end")
    return xml


def _not_deflated(received: str) -> LoginRefused:
    return LoginRefused("saml-deflate", "a message packed with deflate", received)

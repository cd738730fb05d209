"""PURE. An identity provider's metadata as fields of a connection (SAML metadata 2.4.3; `protocol.md` 8.2)."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from lxml import etree

from accounts.connections.certificates.certificates import (
    STRONG,
    CertificateError,
    certificate_end,
    stored_certificates,
    weakness,
    without_authorities,
)
from common import timestamps
from common.texts import listed, quoted

Element = etree._Element
_MD = "urn:oasis:names:tc:SAML:2.0:metadata"
_ENTITY, _IDP = f"{{{_MD}}}EntityDescriptor", f"{{{_MD}}}IDPSSODescriptor"
_REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
_POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
_PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
_DS = "http://www.w3.org/2000/09/xmldsig#"
_SHOWN_ENTITIES = 10
_MAX_ENTITY_ID, _MAX_ADDRESS = 1024, 2048  # characters; the first is SAML's own limit (core 8.3.6)
LIMIT = 1024 * 1024  # bytes, R63
_WANTS_SIGNED = "This identity provider wants signed requests: switch “sign requests” on for the connection."
_LEFT_OUT = "One signing certificate in the metadata was left out."


class MetadataError(ValueError):
    """A sentence: what was expected, what came, which side must change."""


class SeveralProviders(MetadataError):
    """The document describes several identity providers, and none of them was chosen. `entity_ids`: of all of them,
    in the document's order."""

    def __init__(self, sentence: str, entity_ids: tuple[str, ...]) -> None:
        super().__init__(sentence)
        self.entity_ids = entity_ids


@dataclass(frozen=True)
class IdentityProviderMetadata:
    """`certificates`: PEM, every one for signing. `warnings`: sentences.

    `slo_url` empty: it takes no logout messages. Answers to them go to `slo_response_url`, if set. `valid_until`: the
    earliest `validUntil` of the provider and all around it (SAML metadata 2.3.1, 2.3.2, 2.4.1), in UTC; None: none is
    named. `cacheDuration` is not looked at: metadata are read every hour.
    """

    entity_id: str
    certificates: tuple[str, ...]
    sso_url: str
    sso_by_post: bool
    slo_url: str
    slo_response_url: str
    slo_by_post: bool
    warnings: tuple[str, ...]
    valid_until: datetime | None

    def fields(self) -> dict[str, Any]:
        """What a connection keeps of them, by its names."""
        kept = ("sso_url", "sso_by_post", "slo_url", "slo_response_url", "slo_by_post")
        certificates = "".join(self.certificates)
        own = {"idp_entity_id": self.entity_id, "idp_certificates": certificates}
        return own | {name: getattr(self, name) for name in kept}

    def expired(self, now: datetime) -> str:
        """A sentence once they are not valid any more; else empty."""
        if self.valid_until is None or self.valid_until > now:
            return ""
        return (
            f"Expected metadata of {quoted(self.entity_id)} that are still valid; their validUntil was"
            f" {self.valid_until:%Y-%m-%d %H:%M} UTC. To change at the identity provider: publish them anew."
        )


def read_metadata(xml: bytes, entity_id: str = "") -> IdentityProviderMetadata:
    """The identity provider described by a metadata document. `entity_id` chooses one of several. Raises
    MetadataError, and SeveralProviders where one has to be chosen."""
    entity = _chosen(_entities(_root(xml)), entity_id)
    name = entity.get("entityID", "")
    if not 0 < len(name) <= _MAX_ENTITY_ID:
        raise _error("an entityID in the metadata", f"one of {len(name)} characters" if name else "none")
    descriptor = _idp_descriptor(entity)
    certificates, unreadable = _certificates(descriptor)
    valid_until, unread = _valid_until(descriptor)
    wishes = [_WANTS_SIGNED] if descriptor.get("WantAuthnRequestsSigned") in {"true", "1"} else []
    warnings = (*unreadable, *unread, *_expiry(certificates), *wishes)
    addresses = (*_single_sign_on(descriptor), *_single_logout(descriptor))
    found = IdentityProviderMetadata(name, certificates, *addresses, warnings, valid_until)
    expired = found.expired(datetime.now(UTC))
    return replace(found, warnings=(expired, *warnings)) if expired else found


def _valid_until(descriptor: Element) -> tuple[datetime | None, list[str]]:
    """The earliest end of the descriptor and of all elements around it; a sentence for each that cannot be read."""
    ends: list[datetime] = []
    unread: list[str] = []
    for text in filter(None, (item.get("validUntil") for item in (descriptor, *descriptor.iterancestors()))):
        try:
            ends.append(timestamps.read(text.strip()))
        except ValueError:
            unread.append(f"The metadata's validUntil {quoted(text)} is no date that can be read: it is not looked at.")
    return min(ends, default=None), unread


def _root(xml: bytes) -> Element:
    if len(xml) > LIMIT:
        raise _error(f"metadata of at most {LIMIT // 1024} KB", f"{len(xml) // 1024} KB")
    if not xml.strip():
        raise _error("SAML metadata", "an empty document")
    upper = xml.upper()
    if b"<!DOCTYPE HTML" in upper or b"<HTML" in upper:
        raise _error(
            "SAML metadata",
            "a web page",
            "Check the address: it may lead to a sign-in page; or download and upload it.",
        )
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(xml, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise _error(
            "SAML metadata in XML", f"something else, beginning {quoted(xml[:60].decode('utf-8', 'replace'))}"
        ) from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise _error("metadata without a DOCTYPE", "one with a DOCTYPE")
    return root


def _entities(root: Element) -> list[Element]:
    if root.tag == _ENTITY:
        return [root]
    if root.tag != f"{{{_MD}}}EntitiesDescriptor":
        raise _error("an EntityDescriptor", f"the XML element {quoted(str(root.tag))}")
    return list(root.iter(_ENTITY))


def _chosen(entities: list[Element], entity_id: str) -> Element:
    """The named one; without a name the only identity provider there is."""
    candidates = [item for item in entities if item.get("entityID") == entity_id] if entity_id else entities
    if len(candidates) > 1:  # of one name, too: an aggregate may hold its service provider apart
        candidates = [item for item in candidates if _descriptors(item)]
    if len(candidates) == 1:
        return candidates[0]
    if entity_id:
        raise _error(f"metadata of {quoted(entity_id)}", f"metadata of {_names(entities)}")
    if len(candidates) > 1:
        sentence = f"Expected metadata of one identity provider; received metadata of {_names(candidates)}."
        names = dict.fromkeys(item.get("entityID", "") for item in candidates)
        raise SeveralProviders(f"{sentence} Name the entity ID to use.", tuple(names))
    raise _error("metadata of an identity provider", "metadata with no IDPSSODescriptor")


def _names(entities: list[Element]) -> str:
    return listed([quoted(item.get("entityID", "")) for item in entities], _SHOWN_ENTITIES) or "nobody"


def _descriptors(entity: Element) -> list[Element]:
    """Of an identity provider that speaks SAML 2.0."""
    found = entity.iterfind(_IDP)
    return [item for item in found if _PROTOCOL in item.get("protocolSupportEnumeration", _PROTOCOL).split()]


def _idp_descriptor(entity: Element) -> Element:
    if found := _descriptors(entity):
        return found[0]
    other = "a service provider's" if entity.find(f"{{{_MD}}}SPSSODescriptor") is not None else "other"
    raise _error("an IDPSSODescriptor for SAML 2.0", f"{other} metadata", "Download the identity provider's metadata.")


def _single_sign_on(descriptor: Element) -> tuple[str, bool]:
    """The address, and whether requests go there by POST."""
    found = _service(descriptor, "SingleSignOnService")
    if found is not None:
        return found.get("Location", ""), found.get("Binding") == _POST
    services = descriptor.findall(f"{{{_MD}}}SingleSignOnService")
    bindings = ", ".join(service.get("Binding", "").rpartition(":")[2] for service in services)
    raise _error("a single sign-on address for HTTP-Redirect or HTTP-POST", bindings[:200] or "none")


def _single_logout(descriptor: Element) -> tuple[str, str, bool]:
    """The address, another one of answers, and whether both take POST."""
    found = _service(descriptor, "SingleLogoutService")
    if found is None:
        return "", "", False
    location, answers = found.get("Location", ""), found.get("ResponseLocation", "")
    response_url = answers if answers != location and is_web_address(answers) else ""
    return location, response_url, found.get("Binding") == _POST


def _service(descriptor: Element, name: str) -> Element | None:
    """HTTP-Redirect where it is offered: a browser follows it without a form, so no form policy stands in its way."""
    services = descriptor.findall(f"{{{_MD}}}{name}")
    for binding in (_REDIRECT, _POST):
        for service in services:
            if service.get("Binding") == binding and is_web_address(service.get("Location", "")):
                return service
    return None


def is_web_address(location: str) -> bool:
    """Whether browsers can be sent there: an http(s) address with a host, short enough to store, without blanks."""
    try:
        parts = urlsplit(location)
    except ValueError:
        return False
    is_clean = len(location) <= _MAX_ADDRESS and location.isprintable() and " " not in location
    return is_clean and parts.scheme in {"https", "http"} and bool(parts.hostname)


def _certificates(descriptor: Element) -> tuple[tuple[str, ...], list[str]]:
    """All that may sign, also those whose use is not said; a sentence for each that cannot be read, or is weak."""
    found: list[str] = []
    warnings: list[str] = []
    keys = descriptor.iterfind(f"{{{_MD}}}KeyDescriptor")
    for key in (each for each in keys if each.get("use", "signing") == "signing"):
        texts = [certificate.text or "" for certificate in key.iter(f"{{{_DS}}}X509Certificate")]
        signers = without_authorities(_readable(texts, warnings))  # of one key the others are its chain
        warnings.extend(signers.left_out)
        for pem in signers.certificates:
            if weak := weakness(pem):
                warnings.append(f"{_LEFT_OUT} Expected {STRONG}; received {weak}.")
            else:
                found.append(pem)
    if not found:
        raise _error("a signing certificate in the metadata", warnings[0] if warnings else "none")
    return tuple(dict.fromkeys(found)), warnings


def _readable(texts: list[str], warnings: list[str]) -> list[str]:
    found: list[str] = []
    for text in texts:
        try:
            found.extend(stored_certificates(text))
        except CertificateError as error:
            warnings.append(f"{_LEFT_OUT} {error}")
    return found


def _expiry(certificates: tuple[str, ...]) -> list[str]:
    ends = [certificate_end(pem) for pem in certificates]
    return [f"A signing certificate expired on {end:%Y-%m-%d}." for end in ends if end < datetime.now(UTC)]


def _error(expected: str, received: str, next_step: str = "") -> MetadataError:
    step = f" {next_step}" if next_step else ""
    return MetadataError(f"Expected {expected}; received {received}. To change at the identity provider.{step}")

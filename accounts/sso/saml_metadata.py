"""An identity provider's metadata, read into the fields of a connection (SAML metadata 2.4.3; `protocol.md` 8.2)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from lxml import etree

from accounts.sso.certificates import (
    STRONG,
    CertificateError,
    certificate_end,
    stored_certificates,
    weakness,
    without_authorities,
)
from accounts.sso.saml_shape import DS, Element, quoted

_MD = "urn:oasis:names:tc:SAML:2.0:metadata"
_ENTITY, _IDP = f"{{{_MD}}}EntityDescriptor", f"{{{_MD}}}IDPSSODescriptor"
_REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
_POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
_PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
_SHOWN_ENTITIES = 10
_MAX_ENTITY_ID, _MAX_ADDRESS = 1024, 2048  # characters; the first is SAML's own limit (core 8.3.6)
LIMIT = 1024 * 1024  # bytes, R63
_LEFT_OUT = "One signing certificate in the metadata was left out."


class MetadataError(ValueError):
    """A sentence: what was expected, what came, which side must change."""


@dataclass(frozen=True)
class SingleSignOn:
    """Where the identity provider takes requests to sign in."""

    url: str
    by_post: bool = False


@dataclass(frozen=True)
class SingleLogout:
    """Where the identity provider takes logout messages; `url` empty: nowhere. Answers go to `response_url`, if set."""

    url: str = ""
    response_url: str = ""
    by_post: bool = False


@dataclass(frozen=True)
class IdentityProviderMetadata:
    """`certificates`: PEM, every one for signing. `warnings`: sentences."""

    entity_id: str
    sign_on: SingleSignOn
    certificates: tuple[str, ...]
    warnings: tuple[str, ...] = ()
    logout: SingleLogout = SingleLogout()


def read_metadata(xml: bytes, entity_id: str = "") -> IdentityProviderMetadata:
    """The identity provider described by a metadata document. `entity_id` chooses one of several. Raises
    MetadataError."""
    entity = _chosen(_entities(_root(xml)), entity_id)
    name = entity.get("entityID", "")
    if not 0 < len(name) <= _MAX_ENTITY_ID:
        raise _error("an entityID in the metadata", f"one of {len(name)} characters" if name else "none")
    descriptor = _idp_descriptor(entity)
    certificates, unreadable = _certificates(descriptor)
    warnings = (*unreadable, *_expiry(certificates), *_wishes(descriptor))
    return IdentityProviderMetadata(
        name, _single_sign_on(descriptor), certificates, warnings, _single_logout(descriptor)
    )


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
    if not entity_id and len(entities) > 1:
        candidates = [item for item in entities if item.find(_IDP) is not None]
    if len(candidates) == 1:
        return candidates[0]
    if entity_id:
        raise _error(f"metadata of {quoted(entity_id)}", f"metadata of {_names(entities)}")
    if len(candidates) > 1:
        raise _error(
            "metadata of one identity provider", f"metadata of {_names(candidates)}", "Name the entity ID to use."
        )
    raise _error("metadata of an identity provider", "metadata with no IDPSSODescriptor")


def _names(entities: list[Element]) -> str:
    shown = ", ".join(quoted(item.get("entityID", "")) for item in entities[:_SHOWN_ENTITIES])
    more = len(entities) - _SHOWN_ENTITIES
    return (shown or "nobody") + (f" and {more} more" if more > 0 else "")


def _idp_descriptor(entity: Element) -> Element:
    found = [
        item for item in entity.iterfind(_IDP) if _PROTOCOL in item.get("protocolSupportEnumeration", _PROTOCOL).split()
    ]
    if found:
        return found[0]
    other = "a service provider's" if entity.find(f"{{{_MD}}}SPSSODescriptor") is not None else "other"
    raise _error("an IDPSSODescriptor for SAML 2.0", f"{other} metadata", "Download the identity provider's metadata.")


def _single_sign_on(descriptor: Element) -> SingleSignOn:
    found = _service(descriptor, "SingleSignOnService")
    if found is not None:
        return SingleSignOn(found.get("Location", ""), by_post=found.get("Binding") == _POST)
    services = descriptor.findall(f"{{{_MD}}}SingleSignOnService")
    bindings = ", ".join(service.get("Binding", "").rpartition(":")[2] for service in services)
    raise _error("a single sign-on address for HTTP-Redirect or HTTP-POST", bindings[:200] or "none")


def _single_logout(descriptor: Element) -> SingleLogout:
    found = _service(descriptor, "SingleLogoutService")
    if found is None:
        return SingleLogout()
    location, answers = found.get("Location", ""), found.get("ResponseLocation", "")
    response_url = answers if answers != location and is_web_address(answers) else ""
    return SingleLogout(location, response_url, by_post=found.get("Binding") == _POST)


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


def _wishes(descriptor: Element) -> list[str]:
    if descriptor.get("WantAuthnRequestsSigned") not in {"true", "1"}:
        return []
    return ["This identity provider wants signed requests: switch “sign requests” on for the connection."]


def _certificates(descriptor: Element) -> tuple[tuple[str, ...], list[str]]:
    """All that may sign, also those whose use is not said; a sentence for each that cannot be read, or is weak."""
    found: list[str] = []
    warnings: list[str] = []
    for texts in _certificate_texts(descriptor):
        signers = without_authorities(_readable(texts, warnings))  # of one key the others are its chain
        warnings.extend(signers.left_out)
        found.extend(_strong(signers.certificates, warnings))
    if not found:
        raise _error("a signing certificate in the metadata", warnings[0] if warnings else "none")
    return tuple(dict.fromkeys(found)), warnings


def _certificate_texts(descriptor: Element) -> Iterable[list[str]]:
    """For each key."""
    for key in descriptor.iterfind(f"{{{_MD}}}KeyDescriptor"):
        if key.get("use", "signing") == "signing":
            yield [certificate.text or "" for certificate in key.iter(f"{{{DS}}}X509Certificate")]


def _readable(texts: list[str], warnings: list[str]) -> list[str]:
    found: list[str] = []
    for text in texts:
        try:
            found.extend(stored_certificates(text))
        except CertificateError as error:
            warnings.append(f"{_LEFT_OUT} {error}")
    return found


def _strong(certificates: Iterable[str], warnings: list[str]) -> Iterator[str]:
    for pem in certificates:
        if weak := weakness(pem):
            warnings.append(f"{_LEFT_OUT} Expected {STRONG}; received {weak}.")
        else:
            yield pem


def _expiry(certificates: tuple[str, ...]) -> list[str]:
    ends = [certificate_end(pem) for pem in certificates]
    return [f"A signing certificate expired on {end:%Y-%m-%d}." for end in ends if end < datetime.now(UTC)]


def _error(expected: str, received: str, next_step: str = "") -> MetadataError:
    step = f" {next_step}" if next_step else ""
    return MetadataError(f"Expected {expected}; received {received}. To change at the identity provider.{step}")

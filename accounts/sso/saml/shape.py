"""PURE. What a SAML message may look like, before any cryptography (`protocol.md` 8.4 checks 1, 2, 15; R23); and how
one child, its text and its times are read.

Every rule is one pass over the bytes or over the elements, so that a hostile message costs no more than its length.
Nothing read here is trusted: what a login is based on is read later, from the bytes that were signed.
"""

import base64
import re
from datetime import datetime
from typing import cast

from lxml import etree

from accounts.sso import provider_errors
from accounts.sso.refusal import LoginRefused
from accounts.sso.refusals.saml_rows import MALFORMED
from common import timestamps
from common.texts import quoted

SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
SAMLP = "urn:oasis:names:tc:SAML:2.0:protocol"
DS = "http://www.w3.org/2000/09/xmldsig#"
RESPONSE, STATUS = f"{{{SAMLP}}}Response", f"{{{SAMLP}}}Status"
ASSERTION, ENCRYPTED_ASSERTION, ISSUER = f"{{{SAML}}}Assertion", f"{{{SAML}}}EncryptedAssertion", f"{{{SAML}}}Issuer"
SIGNATURE = f"{{{DS}}}Signature"
LOGOUT_REQUEST, LOGOUT_RESPONSE = f"{{{SAMLP}}}LogoutRequest", f"{{{SAMLP}}}LogoutResponse"
NAME_ID, ENCRYPTED_ID = f"{{{SAML}}}NameID", f"{{{SAML}}}EncryptedID"
SESSION_INDEX, EXTENSIONS = f"{{{SAMLP}}}SessionIndex", f"{{{SAMLP}}}Extensions"

Element = etree._Element

# Above any real message of the body limit (2,400 groups), below what costs time: canonicalization looks up every
# prefix of every element in all namespaces around it.
_MAX_TAGS = 5_000
_MAX_DEPTH = 12
_MAX_ATTRIBUTES = 24
# Of elements that declare more than three; providers do so on the outermost ones only.
_MAX_NAMESPACES = 24

_XML_DECLARATION = re.compile(
    rb"""<\?xml\s+version\s*=\s*["']1\.0["'](?:\s+encoding\s*=\s*["']utf-8["'])?(?:\s+standalone\s*=\s*["'](?:yes|no)["'])?\s*\?>""",
    re.IGNORECASE,
)
# Times in messages are UTC.
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,12})?(Z|[+-]\d\d:\d\d)")
_MESSAGE_READ = 2000  # characters of a status message in which its cause is looked for
_XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]{0,255}")
# Wherever one of these stands out of its place, in whatever namespace, it is an attack.
_PLACED = frozenset({"Response", "Assertion", "EncryptedAssertion", "Signature", "LogoutRequest", "LogoutResponse"})
_LOGOUT_PARTS = {
    LOGOUT_REQUEST: {ISSUER, SIGNATURE, EXTENSIONS, NAME_ID, ENCRYPTED_ID, SESSION_INDEX},
    LOGOUT_RESPONSE: {ISSUER, SIGNATURE, EXTENSIONS, STATUS},
}
_FORBIDDEN_MARKUP = (
    (b"<!--", "saml-comment", "a comment"),
    (b"<![", "saml-cdata", "a CDATA section"),
    (b"<!", "saml-doctype", "a DOCTYPE or entity declaration"),
    (b"<?", "saml-processing-instruction", "a processing instruction"),
)


def decode(message_b64: str, limit: int) -> bytes:
    """The XML of a posted message. `limit`: of its base64 text, in characters."""
    if len(message_b64) > limit:
        raise LoginRefused(
            "saml-size", f"a SAML answer of at most {limit} characters", f"{len(message_b64)} characters"
        )
    try:
        return unbase64(message_b64)
    except ValueError:
        raise LoginRefused("saml-base64", "a SAML answer in base64", "text that is no base64") from None


def unbase64(text: str) -> bytes:
    """Some providers break lines after 76 characters; any other stray character is a ValueError."""
    return base64.b64decode("".join(text.split()).encode("ascii"), validate=True)


def parse(xml: bytes) -> Element:
    """The root of a document that holds nothing but elements, attributes and text; else `LoginRefused`."""
    _refuse_markup(xml)
    try:
        root = etree.fromstring(xml, _parser())
    except (etree.XMLSyntaxError, ValueError):
        raise LoginRefused("saml-xml", "well-formed XML", "XML that cannot be read") from None
    _walk(root)
    return root


def parse_signed(xml: bytes) -> Element:
    """The root of canonical bytes whose document has passed `parse` and whose signature was verified."""
    return etree.fromstring(xml, _parser())


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )


def _refuse_markup(xml: bytes) -> None:
    """In well-formed XML a "<" is always markup, so looking for these bytes is exact, not a guess."""
    try:
        xml.decode("utf-8")
    except UnicodeDecodeError:
        raise LoginRefused("saml-encoding", "XML in UTF-8", "another encoding") from None
    body = xml.removeprefix(b"\xef\xbb\xbf").lstrip()
    if declaration := _XML_DECLARATION.match(body):
        body = body[declaration.end() :]
    elif body[:6].lower() == b"<?xml ":
        raise LoginRefused(
            "saml-encoding", "XML 1.0 in UTF-8", f"the declaration {quoted(body[:80].decode('utf-8', 'replace'))}"
        )
    for markup, code, name in _FORBIDDEN_MARKUP:
        if markup in body:
            raise LoginRefused(code, "XML made of elements and text only", name)
    pieces = body.split(b"<", _MAX_TAGS)
    if len(pieces) > _MAX_TAGS:
        raise LoginRefused("saml-shape", f"at most {_MAX_TAGS} XML tags", "more", "Send fewer groups.")
    declared = [piece.count(b"xmlns") for piece in pieces]
    if sum(count for count in declared if count > 3) > _MAX_NAMESPACES:
        raise LoginRefused("saml-shape", f"at most {_MAX_NAMESPACES} namespaces on the outer elements", "more")


def _walk(root: Element) -> None:
    """Breadth first: depth, attributes, and no ID twice."""
    seen: set[str] = set()
    level, depth = [root], 0
    while level:
        depth += 1
        if depth > _MAX_DEPTH:
            raise LoginRefused("saml-shape", f"elements at most {_MAX_DEPTH} deep", "deeper ones")
        for element in level:
            if attributes := element.attrib:
                _check_attributes(attributes, seen)
        level = [child for element in level for child in element]


def _check_attributes(attributes: etree._Attrib, seen: set[str]) -> None:
    if len(attributes) > _MAX_ATTRIBUTES:
        raise LoginRefused(
            "saml-shape", f"at most {_MAX_ATTRIBUTES} attributes on one element", f"{len(attributes)} attributes"
        )
    for name, value in cast(list[tuple[str, str]], attributes.items()):
        if name == _XML_ID:
            raise LoginRefused("saml-xml-id", "elements identified by their ID attribute", "the attribute xml:id")
        if name in {"ID", "Id", "id"}:
            if value in seen:
                raise LoginRefused("saml-duplicate-id", "every ID once", f"the ID {quoted(value)} on two elements")
            seen.add(value)


def the_assertion(response: Element) -> Element:
    """The one Assertion or EncryptedAssertion of a Response, with nothing of its kind hidden anywhere else."""
    if response.tag != RESPONSE:
        raise LoginRefused("saml-shape", "a SAML 2.0 Response", f"an element {quoted(str(response.tag))}")
    found = [child for child in response if child.tag in {ASSERTION, ENCRYPTED_ASSERTION}]
    if len(found) != 1:
        # A response that reports an error holds no assertion: its message is what the admin needs to read.
        raise status_refusal(response) or LoginRefused(
            "saml-shape", "exactly one assertion in the response", f"{len(found)} assertions"
        )
    _refuse_out_of_place(response, {response, found[0], *signatures(response), *signatures(found[0])})
    unknown = [
        child.tag for child in response if child.tag not in {ISSUER, SIGNATURE, STATUS, ASSERTION, ENCRYPTED_ASSERTION}
    ]
    if unknown:
        raise LoginRefused(
            "saml-shape", "only Issuer, Signature, Status and the assertion in the response", quoted(str(unknown[0]))
        )
    require_id(response)
    return found[0]


def check_inner_assertion(assertion: Element) -> None:
    """The same rules for an assertion that came out of an EncryptedAssertion."""
    if assertion.tag != ASSERTION:
        raise LoginRefused("saml-shape", "an Assertion inside the EncryptedAssertion", "something else")
    _refuse_out_of_place(assertion, {assertion, *signatures(assertion)})


def check_logout_message(message: Element, tag: str) -> None:
    """The same rules for a LogoutRequest or LogoutResponse: parts that are known, and no message inside."""
    name = tag.rpartition("}")[2]
    if message.tag != tag:
        raise LoginRefused("saml-shape", f"a SAML 2.0 {name}", f"an element {quoted(str(message.tag))}")
    _refuse_out_of_place(message, {message, *signatures(message)})
    unknown = [str(child.tag) for child in message if child.tag not in _LOGOUT_PARTS[tag]]
    if unknown:
        raise LoginRefused("saml-shape", f"only the parts of a {name} that SAML names", quoted(unknown[0]))
    require_id(message)


def _refuse_out_of_place(root: Element, placed: set[Element]) -> None:
    for element in root.iter():
        name = str(element.tag).rpartition("}")[2]
        if name in _PLACED and element not in placed:
            raise LoginRefused("saml-shape", f"{name} only in its one place", "another one elsewhere in the message")


def signatures(parent: Element) -> list[Element]:
    """The Signature that is a direct child, if there is one."""
    found = [child for child in parent if child.tag == SIGNATURE]
    if len(found) > 1:
        raise LoginRefused("saml-signature-shape", "at most one signature on one element", f"{len(found)} signatures")
    return found


def require_id(element: Element) -> str:
    """The ID of a message or Assertion; one that is missing or no XML name is refused."""
    value = element.get("ID", "")
    if not _ID.fullmatch(value):
        raise LoginRefused("saml-id", "an ID on the message and on the assertion", quoted(value) if value else "none")
    return value


def status_refusal(response: Element) -> LoginRefused | None:
    """The refusal for a status that is no success, quoting what the identity provider says (check 13)."""
    code = response.find(f"{STATUS}/{{{SAMLP}}}StatusCode")
    value = code.get("Value", "") if code is not None else ""
    if value == "urn:oasis:names:tc:SAML:2.0:status:Success":
        return None
    said = [inner.get("Value", "") for inner in code.iter(f"{{{SAMLP}}}StatusCode")] if code is not None else []
    reason = said[1] if len(said) > 1 else value  # the second level says why
    message = response.findtext(f"{STATUS}/{{{SAMLP}}}StatusMessage", "").strip()
    received = f"the status {quoted(reason)}" + (f" with the message {quoted(message, 500)}" if message else "")
    names = tuple(status.rpartition(":")[2] for status in reversed(said))
    cause = provider_errors.code_for(names, message[:_MESSAGE_READ])
    return LoginRefused(cause or "saml-status", "the status Success", received)


def one(parent: Element, name: str) -> Element:
    found = parent.findall(f"{{{SAML}}}{name}")
    if len(found) != 1:
        code = _MISSING.get(name, "saml-shape") if not found else "saml-shape"
        raise LoginRefused(code, f"one {name} in {str(parent.tag).rpartition('}')[2]}", f"{len(found)}", MALFORMED)
    return found[0]


_MISSING = {
    "Conditions": "saml-conditions",
    "Subject": "saml-subject",
    "Issuer": "saml-issuer",
    "SubjectConfirmationData": "saml-recipient",
}


def text_of(element: Element) -> str:
    """Trimmed text. An element with others inside would be read one way here and another way elsewhere."""
    if len(element):
        raise LoginRefused("saml-shape", f"text only in {str(element.tag).rpartition('}')[2]}", "elements inside it")
    return (element.text or "").strip()


def time_of(element: Element, name: str) -> datetime:
    """An xs:dateTime with its zone, as UTC. A missing or unreadable one is refused: no end means no trust."""
    value = element.get(name, "")
    where = f"{name} of {str(element.tag).rpartition('}')[2]}"
    try:
        if not _TIME.fullmatch(value):
            raise ValueError(value)
        return timestamps.read(value)
    except ValueError:
        raise LoginRefused(
            "saml-time", f"a time with its zone as {where}", quoted(value) if value else "none"
        ) from None

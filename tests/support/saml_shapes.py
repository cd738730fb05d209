"""Forms that two XML parsers read in two ways (R23, CVE-2025-25291, CVE-2025-25292, CVE-2025-29775).

Each takes the bytes of a rightly signed response of Entra's shape and writes into them.
"""

import codecs
from collections.abc import Callable

Rewrite = Callable[[bytes], bytes]


def before(mark: bytes, text: bytes) -> Rewrite:
    return lambda xml: xml.replace(mark, text + mark, 1)


def inside(mark: bytes, text: bytes) -> Rewrite:
    """Right after the mark."""
    return lambda xml: xml.replace(mark, mark + text, 1)


def instead(mark: bytes, text: bytes) -> Rewrite:
    return lambda xml: xml.replace(mark, text, 1)


def _duplicated(element: bytes) -> Rewrite:
    """The element written twice, the second time with other content."""

    def rewrite(xml: bytes) -> bytes:
        start = xml.index(b"<" + element)
        end = xml.index(b"</" + element + b">") + len(element) + 3
        return xml[:end] + xml[start:end] + xml[end:]

    return rewrite


ENTITY = b'<!DOCTYPE r [<!ENTITY who "alice@acme.example">]>'
FILE = b'<!DOCTYPE r [<!ENTITY who SYSTEM "file:///etc/passwd">]>'
REMOTE = b'<!DOCTYPE r SYSTEM "http://evil.example/x.dtd">'
BOMB = b'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
XPATH = b'<ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"/>'
PARAMETERS = b'rsa-sha256"><ds:HMACOutputLength>8</ds:HMACOutputLength></ds:SignatureMethod>'
CANONICALIZATION = b'<ds:CanonicalizationMethod Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"'
INCLUSIVE = b'<ec:InclusiveNamespaces xmlns:ec="http://www.w3.org/2001/10/xml-exc-c14n#" PrefixList="xs"/>'


def canonicalized_with(content: bytes) -> Rewrite:
    return instead(CANONICALIZATION + b"/>", CANONICALIZATION + b">" + content + b"</ds:CanonicalizationMethod>")


SECOND_ROOT = b'<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"/>'
COMMENT = b"<!-- -->"

SHAPES: list[tuple[str, Rewrite, str]] = [
    ("DOCTYPE", before(b"<samlp:Response", b"<!DOCTYPE r>"), "saml-doctype"),
    ("entity", before(b"<samlp:Response", ENTITY), "saml-doctype"),
    ("entity of a file", before(b"<samlp:Response", FILE), "saml-doctype"),
    ("remote DTD", before(b"<samlp:Response", REMOTE), "saml-doctype"),
    ("entity bomb", before(b"<samlp:Response", BOMB), "saml-doctype"),
    ("undeclared entity", inside(b'<NameID Format="', b"&who;"), "saml-xml"),
    (
        "comment in NameID",
        instead(b"bob@acme.example</NameID>", b"bob@acme.example<!-- -->.evil.example</NameID>"),
        "saml-comment",
    ),
    ("comment in an attribute value", inside(b"<AttributeValue>", COMMENT), "saml-comment"),
    ("comment in DigestValue", inside(b"<ds:DigestValue>", b"<!--AAAA-->"), "saml-comment"),
    ("comment before the root", before(b"<samlp:Response", COMMENT), "saml-comment"),
    ("CDATA in NameID", instead(b">bob@acme.example<", b"><![CDATA[bob@acme.example]]><"), "saml-cdata"),
    ("processing instruction", inside(b"<Subject>", b"<?php echo 1 ?>"), "saml-processing-instruction"),
    (
        "stylesheet",
        before(b"<samlp:Response", b'<?xml-stylesheet href="http://evil.example"?>'),
        "saml-processing-instruction",
    ),
    ("second root", lambda xml: xml + SECOND_ROOT, "saml-xml"),
    ("text after the root", lambda xml: xml + b"more", "saml-xml"),
    ("cut off", lambda xml: xml[:-20], "saml-xml"),
    ("duplicate attribute", inside(b"<Assertion ", b'ID="_other" '), "saml-xml"),
    (
        "duplicate attribute by namespace",
        inside(b"<Assertion ", b'xmlns:x="u:x" xmlns:y="u:x" x:a="1" y:a="2" '),
        "saml-xml",
    ),
    ("undeclared prefix", inside(b"<Subject>", b"<x:y/>"), "saml-xml"),
    ("duplicate ID", inside(b"<Subject", b' ID="_a1"'), "saml-duplicate-id"),
    ("duplicate ID in another letter case", inside(b"<Subject", b' Id="_a1"'), "saml-duplicate-id"),
    ("xml:id", inside(b"<Subject", b' xml:id="_a1"'), "saml-xml-id"),
    ("redeclared prefix", instead(b"<samlp:Status>", b'<samlp:Status xmlns:samlp="urn:example">'), "saml-shape"),
    ("Response in another namespace", instead(b"SAML:2.0:protocol", b"SAML:9.0:protocol"), "saml-shape"),
    ("two SignedInfo", _duplicated(b"ds:SignedInfo"), "saml-signature-shape"),
    ("two DigestValue", _duplicated(b"ds:DigestValue"), "saml-signature-shape"),
    ("two SignatureValue", _duplicated(b"ds:SignatureValue"), "saml-signature-shape"),
    ("two Reference", _duplicated(b"ds:Reference"), "saml-signature-shape"),
    ("two Transforms", _duplicated(b"ds:Transforms"), "saml-signature-shape"),
    ("two Signatures", _duplicated(b"ds:Signature"), "saml-signature-shape"),
    ("two Assertions", _duplicated(b"Assertion"), "saml-duplicate-id"),
    ("element in DigestValue", inside(b"<ds:DigestValue>", b"<a/>"), "saml-signature-shape"),
    ("element in SignatureValue", inside(b"<ds:SignatureValue>", b"<a/>"), "saml-signature-shape"),
    ("Object", before(b"</ds:Signature>", b"<ds:Object/>"), "saml-signature-shape"),
    ("no reference URI", instead(b'URI="#_a1"', b'URI=""'), "saml-signature-shape"),
    ("another reference URI", instead(b'URI="#_a1"', b'URI="#_r1"'), "saml-signature-shape"),
    ("XPointer reference", instead(b'URI="#_a1"', b"URI=\"#xpointer(id('_a1'))\""), "saml-signature-shape"),
    ("remote reference", instead(b'URI="#_a1"', b'URI="http://evil.example/"'), "saml-signature-shape"),
    ("file reference", instead(b'URI="#_a1"', b'URI="file:///etc/passwd"'), "saml-signature-shape"),
    (
        "parameters of the first transform",
        instead(b'enveloped-signature"/>', b'enveloped-signature"><a/></ds:Transform>'),
        "saml-signature-shape",
    ),
    ("InclusiveNamespaces twice", canonicalized_with(INCLUSIVE * 2), "saml-signature-shape"),
    ("other parameters", canonicalized_with(b"<ds:XPath/>"), "saml-signature-shape"),
    (
        "an element in InclusiveNamespaces",
        canonicalized_with(INCLUSIVE.replace(b"/>", b"><a/></ec:InclusiveNamespaces>")),
        "saml-signature-shape",
    ),
    (
        "too many InclusiveNamespaces",
        canonicalized_with(INCLUSIVE.replace(b"xs", b"a b c d e f g")),
        "saml-signature-shape",
    ),
    ("no CanonicalizationMethod", instead(CANONICALIZATION + b"/>", b""), "saml-signature-shape"),
    ("a relative namespace in SignedInfo", inside(b"<ds:SignedInfo", b' xmlns:q="q" q:a=""'), "saml-xml"),
    ("too many tags", inside(b"<Subject>", b"<a/>" * 5000), "saml-shape"),
    ("too many attributes", inside(b"<Subject", b"".join(b' a%d=""' % n for n in range(25))), "saml-shape"),
    ("too many namespaces", inside(b"<Subject", b"".join(b' xmlns:a%d="u:a"' % n for n in range(25))), "saml-shape"),
    ("too deep", inside(b"<Subject>", b"<a>" * 10 + b"</a>" * 10), "saml-shape"),
    ("XSLT transform", instead(b"xmldsig#enveloped-signature", b"xslt"), "saml-signature-shape"),
    ("third transform", before(b"</ds:Transforms>", XPATH), "saml-signature-shape"),
    ("inclusive canonicalization", instead(b"2001/10/xml-exc-c14n#", b"2006/12/xml-c14n11"), "saml-signature-shape"),
    ("signature parameters", instead(b'rsa-sha256"/>', PARAMETERS), "saml-signature-shape"),
    ("UTF-16", lambda xml: xml.decode().encode("utf-16"), "saml-encoding"),
    ("UTF-16 declared", lambda xml: b'<?xml version="1.0" encoding="UTF-16"?>' + xml, "saml-encoding"),
    ("UTF-7 declared", lambda xml: b'<?xml version="1.0" encoding="UTF-7"?>' + xml, "saml-encoding"),
    ("XML 1.1", lambda xml: b'<?xml version="1.1"?>' + xml, "saml-encoding"),
    ("half a UTF-8 character", instead(b"bob@", b"b\xc3@"), "saml-encoding"),
    ("NUL", instead(b"bob@", b"b\x00b@"), "saml-xml"),
    ("only a byte order mark", lambda _: codecs.BOM_UTF8, "saml-xml"),
    ("nothing", lambda _: b"", "saml-xml"),
    ("a relative namespace", instead(b"<Subject>", b'<Subject xmlns:q="q" q:a="">'), "saml-signature"),
    ("an Assertion as root", lambda xml: xml[xml.index(b"<Assertion") : xml.index(b"</samlp:Response>")], "saml-shape"),
    ("an unknown child", inside(b"</samlp:Status>", b"<Advice/>"), "saml-shape"),
    (
        "an element in NameID",
        instead(b">bob@acme.example</NameID>", b"><b/>bob@acme.example</NameID>"),
        "saml-signature",
    ),
]

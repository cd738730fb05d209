"""PURE. Our own enveloped signatures, made in process: RSA-SHA256, exclusive canonicalization (SAML core 5.4)."""

import xmlsec
from lxml import etree

from accounts.sso.saml.shape import Element


def signed(root: Element, private_key_pem: str, certificate_pem: str) -> bytes:
    """The document with a signature of its root, which stands after the Issuer as the schema wants it.

    Shows the certificate in KeyInfo. ValueError where the key or the certificate is none.
    """
    constants = xmlsec.constants
    signature = xmlsec.template.create(root, constants.TransformExclC14N, constants.TransformRsaSha256, ns="ds")
    root.insert(1, signature)
    reference = xmlsec.template.add_reference(signature, constants.TransformSha256, uri=f"#{root.get('ID')}")
    xmlsec.template.add_transform(reference, constants.TransformEnveloped)
    xmlsec.template.add_transform(reference, constants.TransformExclC14N)
    xmlsec.template.add_x509_data(xmlsec.template.ensure_key_info(signature))
    context = xmlsec.SignatureContext()
    context.register_id(root, "ID")
    try:
        context.key = xmlsec.Key.from_memory(private_key_pem, constants.KeyDataFormatPem)
        context.key.load_cert_from_memory(certificate_pem, constants.KeyDataFormatPem)
        context.sign(signature)
    except xmlsec.Error as error:
        raise ValueError("not a key with its certificate") from error
    return written(root)


def written(root: Element) -> bytes:
    return etree.tostring(root)

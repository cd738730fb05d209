"""Metadata as an identity provider publishes it, small."""

from tests.support.saml_keys import key_pair

OKTA = "http://www.okta.com/exk1acme"
_MD = 'xmlns="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'
_BINDINGS = "urn:oasis:names:tc:SAML:2.0:bindings"
_PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"


def published(
    *owners: str, entity_id: str = OKTA, host: str = "acme.okta.example", binding: str = "HTTP-Redirect"
) -> bytes:
    """The document of a provider that signs with the keys of these owners (`saml_keys.key_pair`)."""
    keys = "".join(
        '<KeyDescriptor use="signing"><ds:KeyInfo><ds:X509Data><ds:X509Certificate>'
        f"{key_pair(owner).body}</ds:X509Certificate></ds:X509Data></ds:KeyInfo></KeyDescriptor>"
        for owner in owners
    )
    services = "".join(
        f'<{name} Binding="{_BINDINGS}:{binding}" Location="https://{host}/{path}"/>'
        for name, path in (("SingleLogoutService", "slo"), ("SingleSignOnService", "sso"))
    )
    descriptor = f'<IDPSSODescriptor protocolSupportEnumeration="{_PROTOCOL}">{keys}{services}</IDPSSODescriptor>'
    return f'<EntityDescriptor {_MD} entityID="{entity_id}">{descriptor}</EntityDescriptor>'.encode()

"""An identity provider's metadata: what is taken from it, and the sentence for each way it can be unusable."""

import pytest

from accounts.connections.certificates.certificates import certificate_body as body_of
from accounts.connections.provider.saml_metadata import LIMIT, MetadataError, read_metadata
from tests.support.certificate_chains import chain
from tests.support.saml_keys import key_pair

MD = 'xmlns="urn:oasis:names:tc:SAML:2.0:metadata" xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
PROTOCOL = "urn:oasis:names:tc:SAML:2.0:protocol"
SERVICE_PROVIDER = f'<EntityDescriptor {MD} entityID="https://sp.example"><SPSSODescriptor/></EntityDescriptor>'
ACME = "http://www.okta.com/exk1acme"


def key(owner: str = "idp", use: str = ' use="signing"') -> str:
    return certificate(key_pair(owner).body, use)


def certificate(body: str, use: str = ' use="signing"') -> str:
    data = f"<ds:X509Data><ds:X509Certificate>{body}</ds:X509Certificate></ds:X509Data>"
    return f"<KeyDescriptor{use}><ds:KeyInfo>{data}</ds:KeyInfo></KeyDescriptor>"


def service(binding: str = REDIRECT, location: str = "https://acme.okta.example/sso") -> str:
    return f'<SingleSignOnService Binding="{binding}" Location="{location}"/>'


def logout(binding: str, location: str = "https://acme.okta.example/slo", answers: str = "") -> str:
    response_location = f' ResponseLocation="{answers}"' if answers else ""
    return service() + f'<SingleLogoutService Binding="{binding}" Location="{location}"{response_location}/>'


def entity(keys: str | None = None, services: str | None = None, entity_id: str = ACME, namespace: str = MD) -> str:
    inside = (key() if keys is None else keys) + (service(POST) + service() if services is None else services)
    descriptor = f'<IDPSSODescriptor protocolSupportEnumeration="{PROTOCOL}">{inside}</IDPSSODescriptor>'
    return f'<EntityDescriptor {namespace} entityID="{entity_id}">{descriptor}</EntityDescriptor>'


def several(*entities: str) -> bytes:
    return f"<EntitiesDescriptor {MD}>{''.join(entities)}</EntitiesDescriptor>".encode()


def complaint(xml: str | bytes, entity_id: str = "") -> str:
    with pytest.raises(MetadataError) as caught:
        read_metadata(xml if isinstance(xml, bytes) else xml.encode(), entity_id)
    return str(caught.value)


def test_the_entity_id_the_redirect_address_and_the_certificate_are_taken() -> None:
    found = read_metadata(entity().encode())
    assert (found.entity_id, found.sso_url, found.sso_by_post) == (ACME, "https://acme.okta.example/sso", False)
    assert (found.certificates, found.warnings) == ((key_pair("idp").certificate,), ())


def test_every_signing_certificate_is_taken_also_one_whose_use_is_not_said() -> None:
    keys = key("idp") + key("idp-next", "") + key("encryption", ' use="encryption"') + key("idp")
    found = read_metadata(entity(keys).encode())
    assert found.certificates == (key_pair("idp").certificate, key_pair("idp-next").certificate)


def test_a_document_with_comments_and_a_declaration_is_read() -> None:
    xml = f'<?xml version="1.0" encoding="UTF-8"?><!-- from the portal -->\n{entity()}'
    assert read_metadata(xml.encode()).entity_id == ACME


def test_an_expired_certificate_is_taken_with_a_warning() -> None:
    assert "expired on" in read_metadata(entity(key("idp-expired")).encode()).warnings[0]


def test_a_certificate_that_cannot_be_read_is_left_out_with_a_warning() -> None:
    found = read_metadata(entity(certificate("AAAA") + key()).encode())
    assert found.certificates == (key_pair("idp").certificate,)
    assert "was left out" in found.warnings[0]


def test_a_wish_for_signed_requests_is_passed_on() -> None:
    xml = entity().replace("<IDPSSODescriptor ", '<IDPSSODescriptor WantAuthnRequestsSigned="true" ')
    assert "wants signed requests" in read_metadata(xml.encode()).warnings[0]


def test_the_only_identity_provider_among_several_entities_is_taken() -> None:
    assert read_metadata(several(SERVICE_PROVIDER, entity())).entity_id == ACME


def test_a_named_one_of_several_identity_providers_is_taken() -> None:
    assert (
        read_metadata(several(entity(), entity(entity_id="https://two.example")), "https://two.example").entity_id
        == "https://two.example"
    )


def test_several_identity_providers_without_a_choice_are_listed() -> None:
    sentence = complaint(several(entity(), entity(entity_id="https://two.example")))
    assert "“https://two.example”" in sentence
    assert "Name the entity ID" in sentence


LOGOUT = {
    "none": (service(), ("", "", False)),
    "by redirect": (logout(REDIRECT), ("https://acme.okta.example/slo", "", False)),
    "by POST": (logout(POST), ("https://acme.okta.example/slo", "", True)),
    "by both": (logout(POST, "https://x/post") + logout(REDIRECT, "https://x/get"), ("https://x/get", "", False)),
    "with answers elsewhere": (
        logout(REDIRECT, answers="https://acme.okta.example/answers"),
        ("https://acme.okta.example/slo", "https://acme.okta.example/answers", False),
    ),
    "with answers nowhere": (
        logout(REDIRECT, answers="javascript:a()"), ("https://acme.okta.example/slo", "", False)
    ),
    "by SOAP only": (logout("urn:oasis:names:tc:SAML:2.0:bindings:SOAP"), ("", "", False)),
    "at no web address": (logout(REDIRECT, "javascript:a()"), ("", "", False)),
    "at an address without a host": (logout(REDIRECT, "https:///slo"), ("", "", False)),
    "at an address with a line break": (logout(REDIRECT, "https://x/slo&#10;y"), ("", "", False)),
}  # fmt: skip


@pytest.mark.parametrize(("services", "expected"), LOGOUT.values(), ids=LOGOUT)
def test_the_logout_addresses_are_taken(services: str, expected: tuple[str, str, bool]) -> None:
    found = read_metadata(entity(services=services).encode())
    assert (found.slo_url, found.slo_response_url, found.slo_by_post) == expected


SIMPLE_SIGN = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST-SimpleSign"
SIGN_ON = {
    "by redirect": (service(), ("https://acme.okta.example/sso", False)),
    "by POST only": (service(POST), ("https://acme.okta.example/sso", True)),
    "by both": (service(POST, "https://x/post") + service(location="https://x/get"), ("https://x/get", False)),
    "by redirect at no web address": (
        service(location="javascript:a()") + service(POST, "https://x/post"),
        ("https://x/post", True),
    ),
    "by POST among others": (
        service(SIMPLE_SIGN, "https://x/simple") + service(POST, "https://x/post"),
        ("https://x/post", True),
    ),
}


@pytest.mark.parametrize(("services", "expected"), SIGN_ON.values(), ids=SIGN_ON)
def test_the_sign_on_address_is_taken_with_its_binding(services: str, expected: tuple[str, bool]) -> None:
    found = read_metadata(entity(services=services).encode())
    assert (found.sso_url, found.sso_by_post) == expected


WRONG = {
    "another entity than the one named": (entity(), "https://other.example", f"metadata of “{ACME}”"),
    "no certificate": (entity(keys=""), "", "a signing certificate in the metadata; received none"),
    "an unreadable certificate": (entity(keys=certificate("AAAA")), "", "received a damaged one"),
    "an encryption certificate only": (entity(keys=key("idp", ' use="encryption"')), "", "received none"),
    "no address that browsers take": (
        entity(services=service(SIMPLE_SIGN)), "", "HTTP-Redirect or HTTP-POST; received HTTP-POST-SimpleSign"
    ),
    "a POST address that is none": (entity(services=service(POST, "javascript:a()")), "", "received HTTP-POST"),
    "a Redirect address that is none": (entity(services=service(location="javascript:a()")), "", "for HTTP-Redirect"),
    "no address": (entity(services=""), "", "or HTTP-POST; received none"),
    "an address that is too long": (entity(services=service(location="https://" + "b" * 2048)), "", "HTTP-Redirect"),
    "an address that is broken": (entity(services=service(location="https://[")), "", "for HTTP-Redirect"),
    "a name that is too long": (entity(entity_id="x" * 1025), "", "one of 1025 characters"),
    "an entity without a name": (entity(entity_id=""), "", "an entityID"),
    "another namespace": (entity(namespace='xmlns="urn:x" xmlns:ds="urn:y"'), "", "an EntityDescriptor"),
    "a service provider's": (SERVICE_PROVIDER, "", "a service provider's"),
    "nobody": (several(), "", "no IDPSSODescriptor"),
    "nothing": ("  ", "", "an empty document"),
    "text": ("Not found", "", "beginning “Not found”"),
    "a web page": ("<!DOCTYPE html><html><body>Sign in</body></html>", "", "a web page"),
    "a web page without its type": ("<html><body>Sign in</body></html>", "", "a web page"),
    "a web page of few words": ("<!doctype html><p>Sign in", "", "a web page"),
    "a DOCTYPE": ('<!DOCTYPE x [<!ENTITY a "b">]>' + entity(), "", "a DOCTYPE"),
    "an entity bomb": ('<!DOCTYPE x [<!ENTITY a "bb"><!ENTITY c "&a;&a;">]><x>&c;</x>', "", "a DOCTYPE"),
    "cut off": (entity()[:-10], "", "something else"),
}  # fmt: skip


@pytest.mark.parametrize(("xml", "entity_id", "words"), WRONG.values(), ids=WRONG)
def test_unusable_metadata_is_shown_in_a_sentence(xml: str, entity_id: str, words: str) -> None:
    sentence = complaint(xml, entity_id)
    assert sentence.startswith("Expected ")
    assert words in sentence
    assert "To change at the identity provider." in sentence


def test_a_document_over_one_megabyte_is_refused() -> None:
    assert "at most 1024 KB" in complaint(b" " * (LIMIT + 1))


def of_one_key(*bodies: str) -> str:
    data = "".join(f"<ds:X509Certificate>{body_of(pem)}</ds:X509Certificate>" for pem in bodies)
    return f"<KeyDescriptor><ds:KeyInfo><ds:X509Data>{data}</ds:X509Data></ds:KeyInfo></KeyDescriptor>"


def test_a_weak_key_is_left_out_with_a_warning() -> None:
    found = read_metadata(entity(key("weak-1024") + key()).encode())
    assert found.certificates == (key_pair("idp").certificate,)
    assert "was left out. Expected an RSA key of 2048" in found.warnings[0]
    assert "received an RSA key of 1024 bits" in found.warnings[0]


def test_weak_keys_alone_are_refused() -> None:
    assert "received an RSA key of 1024 bits" in complaint(entity(key("weak-1024")))


def test_of_the_chain_of_one_key_only_its_end_signs() -> None:
    found = read_metadata(entity(of_one_key(chain().leaf, chain().intermediate, chain().root)).encode())
    assert found.certificates == (chain().leaf,)
    assert len(found.warnings) == 2


def test_several_keys_all_sign_whoever_issued_them() -> None:
    found = read_metadata(entity(of_one_key(chain().leaf) + of_one_key(chain().intermediate)).encode())
    assert found.certificates == (chain().leaf, chain().intermediate)

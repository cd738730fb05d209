"""The SAML faces of the stand-in, checked with the same tools that a service provider has."""

import base64
import zlib
from datetime import UTC, datetime, timedelta

import pytest
import xmlsec
from lxml import etree

from demo.faces import ENTRA_SAML, OKTA_SAML, SamlFace
from demo.saml_face import tile_path
from tests.demo.visitor import ACS, ENTITY_ID, Answer, Visitor, authn_request, form

NAMES = {
    "saml": "urn:oasis:names:tc:SAML:2.0:assertion",
    "samlp": "urn:oasis:names:tc:SAML:2.0:protocol",
    "md": "urn:oasis:names:tc:SAML:2.0:metadata",
    "ds": "http://www.w3.org/2000/09/xmldsig#",
}
ASKED = {"SAMLRequest": authn_request(), "RelayState": "relay-1"}


def response(answer: Answer) -> etree._Element:
    return etree.fromstring(base64.b64decode(answer.hidden()["SAMLResponse"]))


def send(visitor: Visitor, face: SamlFace, **rows: str) -> etree._Element:
    return response(visitor.post(face.sso_path, {**ASKED, **form(**rows)}))


def verify(element: etree._Element, certificate: bytes) -> None:
    """Raises xmlsec.Error unless this element's own signature is good."""
    xmlsec.tree.add_ids(element, ["ID"])
    signature = element.find("ds:Signature", NAMES)
    context = xmlsec.SignatureContext()
    context.key = xmlsec.Key.from_memory(certificate, xmlsec.constants.KeyDataFormatCertPem)
    context.verify(signature)


def values(found: etree._Element, name: str) -> list[str | None]:
    return [value.text for value in found.iterfind(f".//saml:Attribute[@Name='{name}']/saml:AttributeValue", NAMES)]


@pytest.mark.parametrize("face", [OKTA_SAML, ENTRA_SAML])
def test_metadata_names_issuer_address_and_certificate(visitor: Visitor, face: SamlFace) -> None:
    entity = etree.fromstring(visitor.get(face.metadata_path).text.encode())
    assert entity.get("entityID") == f"http://127.0.0.1:9000{face.issuer_path}"
    service = entity.find(".//md:SingleSignOnService", NAMES)
    assert service is not None
    assert service.get("Location") == f"http://127.0.0.1:9000{face.sso_path}"
    assert entity.findtext(".//ds:X509Certificate", namespaces=NAMES) == visitor.idp.saml_key.certificate_base64


def test_metadata_may_be_of_a_provider_that_takes_posts_only(visitor: Visitor) -> None:
    entity = etree.fromstring(visitor.get(OKTA_SAML.metadata_path, binding="post").text.encode())
    bindings = [item.get("Binding", "") for item in entity.iterfind(".//md:SingleSignOnService", NAMES)]
    assert bindings == ["urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"]


def test_an_authn_request_may_come_by_post(visitor: Visitor) -> None:
    packed = base64.b64encode(zlib.decompress(base64.b64decode(ASKED["SAMLRequest"]), -15)).decode()
    answer = visitor.post(OKTA_SAML.sso_path, {**ASKED, "SAMLRequest": packed})
    assert "Choose a person" in answer.text


def test_an_authn_request_leads_to_the_choice_of_a_person(visitor: Visitor) -> None:
    answer = visitor.get(OKTA_SAML.sso_path, **ASKED)
    assert answer.status == 200
    assert "Choose a person" in answer.text
    assert answer.hidden()["SAMLRequest"] == ASKED["SAMLRequest"]


def test_a_chosen_person_shows_the_attributes_about_to_be_sent(visitor: Visitor) -> None:
    answer = visitor.post(OKTA_SAML.sso_path, {**ASKED, "step": "choose", "person": "bob"})
    assert "Attributes about to be sent" in answer.text
    assert "Space Member,Space Developer" in answer.text


def test_okta_signs_response_and_assertion(visitor: Visitor) -> None:
    found = send(visitor, OKTA_SAML, email="bob@acme.example")
    assertion = found.find("saml:Assertion", NAMES)
    assert assertion is not None
    verify(found, visitor.idp.saml_key.certificate_pem)
    verify(assertion, visitor.idp.saml_key.certificate_pem)


def test_entra_signs_the_assertion_only(visitor: Visitor) -> None:
    found = send(visitor, ENTRA_SAML, email="bob@acme.example")
    assertion = found.find("saml:Assertion", NAMES)
    assert assertion is not None
    verify(assertion, visitor.idp.saml_key.certificate_pem)
    assert found.find("ds:Signature", NAMES) is None


def test_a_response_answers_the_request_at_its_address(visitor: Visitor) -> None:
    answer = visitor.post(OKTA_SAML.sso_path, {**ASKED, **form(email="bob@acme.example")})
    assert answer.target() == ACS
    assert answer.hidden()["RelayState"] == "relay-1"
    found = response(answer)
    assert (found.get("Destination"), found.get("InResponseTo")) == (ACS, "id77")
    assert found.findtext(".//saml:Audience", namespaces=NAMES) == ENTITY_ID


def test_an_assertion_is_good_for_five_minutes(visitor: Visitor) -> None:
    conditions = send(visitor, OKTA_SAML, email="x").find(".//saml:Conditions", NAMES)
    assert conditions is not None
    ends = datetime.strptime(conditions.get("NotOnOrAfter", ""), "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert timedelta(minutes=4) < ends - datetime.now(UTC) <= timedelta(minutes=5)


def test_each_line_becomes_a_value(visitor: Visitor) -> None:
    found = send(visitor, OKTA_SAML, groups="first\r\n second \r\n", space_name="")
    assert values(found, "groups") == ["first", " second "]
    assert values(found, "space_name") == []
    assert found.find(".//saml:Attribute[@Name='space_name']", NAMES) is not None


def test_what_is_ticked_to_be_left_out_is_not_sent(visitor: Visitor) -> None:
    fields = {**ASKED, **form(email="x", space_name="Trial"), "omit-2": "on"}
    found = response(visitor.post(OKTA_SAML.sso_path, fields))
    assert found.find(".//saml:Attribute[@Name='space_name']", NAMES) is None


def test_okta_cuts_a_long_list_of_groups_without_a_word(visitor: Visitor) -> None:
    found = send(visitor, OKTA_SAML, groups="\n".join(f"g{number}" for number in range(101)))
    assert len(values(found, "groups")) == 100


def test_entra_puts_a_link_in_place_of_151_groups(visitor: Visitor) -> None:
    groups = "\n".join(f"g{number}" for number in range(151))
    found = send(visitor, ENTRA_SAML, **{ENTRA_SAML.groups_name: groups})
    assert values(found, ENTRA_SAML.groups_name) == []
    assert len(values(found, ENTRA_SAML.groups_link)) == 1


def test_a_failed_login_is_a_status_and_no_assertion(visitor: Visitor) -> None:
    found = response(visitor.post(OKTA_SAML.sso_path, {**ASKED, "step": "fail"}))
    codes = [code.get("Value", "").rpartition(":")[2] for code in found.iterfind(".//samlp:StatusCode", NAMES)]
    assert codes == ["Responder", "AuthnFailed"]
    assert found.find("saml:Assertion", NAMES) is None


def test_a_tile_sends_a_response_to_no_request(visitor: Visitor) -> None:
    fields = {"acs_url": ACS, "entity_id": ENTITY_ID, **form(email="bob@acme.example")}
    answer = visitor.post(tile_path(OKTA_SAML), fields)
    found = response(answer)
    assert found.get("InResponseTo") is None
    verify(found, visitor.idp.saml_key.certificate_pem)

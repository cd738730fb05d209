"""Advisories about what an assertion must say, and from whom: rows 13, 16, 17, 21, 22 and 29."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Connection, User
from accounts.sso.saml import service_provider
from tests.advisories.outside import reason, refused_saml, rewritten, signed_in_as
from tests.support.cast import Cast
from tests.support.drafts import publish
from tests.support.factories import saml_connection
from tests.support.idp_metadata import published
from tests.support.journeys import SamlJourney, signed_connection
from tests.support.saml_keys import key_pair
from tests.support.saml_messages import (
    ISSUERS,
    NO_REQUEST,
    SAML,
    Edit,
    Element,
    adding,
    every,
    find,
    removing,
    setting,
    writing,
)
from tests.support.saml_signing import Signing

pytestmark = pytest.mark.django_db
METHOD = "urn:oasis:names:tc:SAML:2.0:cm:"
CONFIRMATION = "//a:SubjectConfirmation"
DATA = "//a:SubjectConfirmationData"


def test_13_a_draft_without_a_certificate_is_not_there(cast: Cast) -> None:
    journey = SamlJourney(signed_connection(cast.acme, state="draft", idp_certificates=""))
    for signed in ("none", "both"):
        assert journey.post(journey.message(signed=signed)).status_code == 404


def test_13_a_connection_without_a_certificate_cannot_be_enabled(cast: Cast, as_alice: Client) -> None:
    draft = saml_connection(cast.acme, state="draft", idp_certificates="")
    as_alice.post(f"/sso/{draft.pk}/enable", follow=True)
    assert Connection.objects.get(pk=draft.pk).state == "draft"


@pytest.mark.parametrize("signed", ["none", "both"])
def test_13_a_test_of_a_draft_without_a_certificate_accepts_nothing(cast: Cast, as_alice: Client, signed: str) -> None:
    journey = SamlJourney(signed_connection(cast.acme, state="draft", idp_certificates=""), as_alice)
    journey.start_test()
    journey.follow(journey.post(journey.message(signed=signed, signing=Signing(key="attacker"))))
    assert reason(cast.acme) == "saml-certificate"


@pytest.mark.parametrize(
    "text", ["no certificate", " ", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"]
)
def test_13_an_unreadable_certificate_is_no_certificate(cast: Cast, text: str) -> None:
    journey = SamlJourney(signed_connection(cast.acme, idp_certificates=text))
    journey.start()
    assert refused_saml(journey, journey.message(signed="none")) == "saml-certificate"


def minutes(number: int) -> datetime:
    return datetime.now(UTC) + timedelta(minutes=number)


IGNORED: dict[str, tuple[Edit, str]] = {
    "another audience": (writing("//a:Audience", "https://other.example"), "saml-audience"),
    "no audience": (removing("//a:AudienceRestriction"), "saml-audience"),
    "no conditions": (removing("//a:Conditions"), "saml-conditions"),
    "over": (setting("//a:Conditions", "NotOnOrAfter", minutes(-10)), "saml-expired"),
    "never over": (setting("//a:Conditions", "NotOnOrAfter", None), "saml-time"),
    "not yet": (setting("//a:Conditions", "NotBefore", minutes(60 * 24)), "saml-not-yet-valid"),
    "another recipient": (setting(DATA, "Recipient", "https://other.example/acs"), "saml-recipient"),
    "no recipient": (setting(DATA, "Recipient", None), "saml-recipient"),
    "confirmation over": (setting(DATA, "NotOnOrAfter", minutes(-10)), "saml-confirmation-expired"),
    "another request": (setting(DATA, "InResponseTo", "id99"), "saml-in-response-to"),
    "another destination": (setting("/p:Response", "Destination", "https://other.example"), "saml-destination"),
    "another issuer": (writing("//a:Assertion/a:Issuer", "https://other.example"), "saml-issuer"),
    "session over": (setting("//a:AuthnStatement", "SessionNotOnOrAfter", minutes(-10)), "saml-session-ended"),
    "a refusal": (setting("//p:StatusCode", "Value", "urn:oasis:names:tc:SAML:2.0:status:Responder"), "saml-status"),
    "an unknown condition": (adding("//a:Conditions", "{urn:x}OnlyOnSundays"), "saml-condition"),
}


@pytest.mark.parametrize(("edit", "code"), IGNORED.values(), ids=IGNORED)
def test_16_one_condition_that_does_not_hold_refuses(saml: SamlJourney, edit: Edit, code: str) -> None:
    saml.start()
    assert refused_saml(saml, saml.message(signed="assertion", edit=edit)) == code


def test_16_the_conditions_hold_for_an_answer_that_the_identity_provider_starts(saml: SamlJourney) -> None:
    saml.connection.allow_idp_initiated = True
    saml.connection.save()
    for name in ("another audience", "over", "another recipient", "confirmation over"):
        edit, code = IGNORED[name]
        assert refused_saml(saml, saml.message(edit=every(NO_REQUEST, edit)), relay_state="") == code


SPLIT = b"alice@acme.example<!---->.evil.example"


@pytest.mark.parametrize("split", [SPLIT, SPLIT.replace(b"<!---->", b"<?x?>"), b"<![CDATA[alice@acme.example]]>"])
@pytest.mark.parametrize("place", [b"</saml2:NameID>", b"</saml2:AttributeValue>"])
def test_17_markup_inside_a_name_is_refused(saml: SamlJourney, place: bytes, split: bytes) -> None:
    """The provider signed `alice@acme.example.evil.example`; canonical form leaves comments out."""
    saml.start()
    message = saml.message(email="alice@acme.example.evil.example", signed="assertion")
    split_up = rewritten(message, lambda xml: xml.replace(b"alice@acme.example.evil.example" + place, split + place))
    assert refused_saml(saml, split_up) in {"saml-comment", "saml-processing-instruction", "saml-cdata"}


@pytest.mark.parametrize("path", ["//a:NameID", "//a:Attribute[@Name='email']/a:AttributeValue"])
def test_17_an_element_inside_a_name_does_not_cut_it_short(saml: SamlJourney, path: str) -> None:
    """Signed so by the provider: the text before the element is not the whole text."""

    def split(root: Element) -> None:
        element = find(root, path)
        element.text = "alice@acme.example"
        adding(path, "{urn:x}b")(root)
        element[0].tail = ".evil.example"

    saml.start()
    answer = saml.post(saml.message(email="mallory@acme.example", signed="assertion", edit=split))
    saml.follow(answer)
    assert signed_in_as(saml.browser) != "alice@acme.example"


def import_metadata(browser: Client, connection: Connection, document: bytes) -> Connection:
    """By the page; gives the connection as it is live afterwards."""
    file = SimpleUploadedFile("metadata.xml", document)
    browser.post(f"/sso/{connection.pk}/provider", {"way": "file", "file-file": file})
    if Connection.objects.get(pk=connection.pk).state == "live":
        publish(connection)
    return Connection.objects.get(pk=connection.pk)


def with_use(document: bytes, *uses: str | None) -> bytes:
    """The metadata with these values of `use` on its keys, in order; None: without."""
    for use in uses:
        written = b"<KeyDescriptor>" if use is None else f'<KeyDescriptor use="{use}" >'.encode()
        document = document.replace(b'<KeyDescriptor use="signing">', written, 1)
    return document


def test_21_a_key_without_use_signs_and_one_for_encryption_does_not(saml: SamlJourney, as_alice: Client) -> None:
    document = with_use(published("idp", "other", entity_id=ISSUERS["okta"]), None, "encryption")
    saml.connection = import_metadata(as_alice, saml.connection, document)
    assert key_pair("other").certificate not in saml.connection.idp_certificates
    saml.start()
    assert refused_saml(saml, saml.message(signing=Signing(key="other"))) == "saml-signature"
    assert saml.log_in().status_code == 303


@pytest.mark.parametrize("use", ["encryption", "", "Signing", " signing", "signing encryption"])
def test_21_a_key_of_any_other_use_does_not_sign(cast: Cast, as_alice: Client, use: str) -> None:
    connection = saml_connection(cast.acme, state="draft", idp_entity_id="", sso_url="", idp_certificates="")
    after = import_metadata(as_alice, connection, with_use(published("idp"), use))
    assert after.idp_certificates == ""


HOLDERS = {
    "holder of key": every(setting(CONFIRMATION, "Method", f"{METHOD}holder-of-key")),
    "holder of key with its key": every(
        setting(CONFIRMATION, "Method", f"{METHOD}holder-of-key"),
        adding(DATA, "{http://www.w3.org/2000/09/xmldsig#}KeyInfo"),
    ),
    "sender vouches": setting(CONFIRMATION, "Method", f"{METHOD}sender-vouches"),
    "the bearer of SAML 1": setting(CONFIRMATION, "Method", "urn:oasis:names:tc:SAML:1.0:cm:bearer"),
    "in capitals": setting(CONFIRMATION, "Method", f"{METHOD}BEARER"),
    "with a blank": setting(CONFIRMATION, "Method", f"{METHOD}bearer "),
    "two methods": setting(CONFIRMATION, "Method", f"{METHOD}bearer {METHOD}holder-of-key"),
    "no method": setting(CONFIRMATION, "Method", None),
    "no confirmation": removing(CONFIRMATION),
}


@pytest.mark.parametrize("edit", HOLDERS.values(), ids=HOLDERS)
def test_22_only_a_bearer_is_a_bearer(saml: SamlJourney, edit: Edit) -> None:
    saml.start()
    assert refused_saml(saml, saml.message(signed="assertion", edit=edit)) == "saml-bearer"


def test_22_a_bearer_confirmation_elsewhere_does_not_help(saml: SamlJourney) -> None:
    """In Advice, where a whole other assertion could stand."""

    def elsewhere(root: Element) -> None:
        confirmation = find(root, CONFIRMATION)
        adding("//a:Assertion", f"{{{SAML}}}Advice")(root)
        find(root, "//a:Advice").append(confirmation)

    saml.start()
    assert refused_saml(saml, saml.message(signed="assertion", edit=elsewhere)) == "saml-bearer"


def unsolicited(cast: Cast) -> SamlJourney:
    return SamlJourney(signed_connection(cast.acme, allow_idp_initiated=True))


def test_29_an_unsolicited_answer_is_used_once_whatever_the_browser(cast: Cast) -> None:
    journey = unsolicited(cast)
    message = journey.message(edit=NO_REQUEST)
    assert journey.follow(journey.post(message, relay_state="")).status_code == 303
    thief = SamlJourney(journey.connection)
    assert refused_saml(thief, message, relay_state="") == "message-replayed"


def test_29_a_used_answer_inside_another_envelope_is_refused(cast: Cast) -> None:
    """Only the assertion is signed, so anybody can wrap it again."""
    journey = unsolicited(cast)
    message = journey.message(edit=NO_REQUEST, signed="assertion")
    journey.follow(journey.post(message, relay_state=""))
    again = rewritten(message, lambda xml: xml.replace(b'ID="_r1"', b'ID="_r2"'))
    assert refused_saml(SamlJourney(journey.connection), again, relay_state="") == "message-replayed"


def test_29_an_answer_to_a_request_does_not_pass_for_an_unsolicited_one(cast: Cast) -> None:
    journey = unsolicited(cast)
    journey.start()
    stolen = journey.message(signed="assertion")
    thief = SamlJourney(journey.connection)
    bare = rewritten(stolen, lambda xml: xml.replace(f' InResponseTo="{journey.request_id}"'.encode(), b"", 1))
    refused_saml(thief, bare, relay_state="")


def test_29_an_answer_works_at_one_connection_only(cast: Cast) -> None:
    """Two connections of one provider: what was meant for one is refused by the other."""
    journey, other = unsolicited(cast), unsolicited(cast)
    message = journey.message(edit=NO_REQUEST)
    assert service_provider.acs_url(journey.connection) != service_provider.acs_url(other.connection)
    assert refused_saml(other, message, relay_state="") == "saml-destination"


def test_23_a_guest_of_the_tenant_links_nobody_by_saml(cast: Cast) -> None:
    """`identityprovider` names the guest's own tenant."""
    claims = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
    journey = SamlJourney(signed_connection(cast.acme, vendor="entra", idp_entity_id=ISSUERS["entra"]))
    journey.start()
    attributes = {
        "http://schemas.microsoft.com/identity/claims/identityprovider": ["https://sts.windows.net/9188040d/"],
        f"{claims}/emailaddress": [cast.petra.email],
        f"{claims}/name": [cast.petra.email],
    }
    message = journey.message(vendor="entra", name_id=cast.petra.email, attributes=attributes)
    journey.follow(journey.post(message))
    assert User.objects.get(pk=cast.petra.pk).state == "pending"

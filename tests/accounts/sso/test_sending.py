"""Providers that take sign-in requests by POST only: the start is a page whose form the browser sends off."""

import base64
from typing import Any

import pytest
from lxml import etree
from pytest_django.asserts import assertContains

from accounts.models import Connection, LoginRecord
from accounts.sso.saml import service_provider, xml_signature
from accounts.sso.sending import origins
from tests.support.cast import Cast
from tests.support.journeys import SamlJourney, signed_connection
from tests.support.logouts import directives, form_in
from tests.support.saml_keys import key_pair
from tests.support.saml_messages import Element

IDP_SSO = "https://login.acme.example/idp/profile/SAML2/POST/SSO"


def by_post(cast: Cast, **settings: Any) -> Connection:
    pair = key_pair("sp")
    own = {"sso_url": IDP_SSO, "sp_private_key": pair.private_pem, "sp_certificate": pair.certificate}
    return signed_connection(cast.acme, sso_by_post=True, **{**own, **settings})


def request_in(page: Any) -> Element:
    return etree.fromstring(base64.b64decode(form_in(page)[1]["SAMLRequest"]))


def test_the_start_is_a_page_that_posts_the_request(cast: Cast) -> None:
    connection = by_post(cast)
    page = SamlJourney(connection).start()
    address, fields = form_in(page)
    request = request_in(page)
    assert (page.status_code, address, set(fields)) == (200, IDP_SSO, {"SAMLRequest", "RelayState"})
    assert (request.get("Destination"), request.get("AssertionConsumerServiceURL")) == (
        IDP_SSO,
        service_provider.acs_url(connection),
    )


def test_without_scripts_there_is_a_button(cast: Cast) -> None:
    assertContains(SamlJourney(by_post(cast, name="Acme Shibboleth")).start(), "Continue to Acme Shibboleth</button>")


def test_that_page_may_post_to_the_provider_and_to_us_alone(cast: Cast) -> None:
    page = SamlJourney(by_post(cast)).start()
    policy = directives(page)
    assert policy["form-action"] == "'self' https://login.acme.example"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe-inline" not in page.headers["Content-Security-Policy"]


def test_that_page_is_kept_nowhere(cast: Cast) -> None:
    assert "no-store" in SamlJourney(by_post(cast)).start().headers["Cache-Control"]


def test_a_login_through_it_signs_the_person_in(cast: Cast) -> None:
    journey = SamlJourney(by_post(cast))
    assert journey.log_in().status_code == 303
    assert journey.browser.get("/").status_code == 200


def test_an_admins_test_goes_the_same_way(cast: Cast) -> None:
    journey = SamlJourney(by_post(cast, state="draft"))
    journey.browser.force_login(cast.alice)
    journey.start_test()
    journey.follow(journey.post(journey.message()))
    assert LoginRecord.objects.get().outcome == "tested"


def test_a_signed_request_is_signed_inside(cast: Cast) -> None:
    request = request_in(SamlJourney(by_post(cast, sign_requests=True)).start())
    (signature,) = request.findall("{*}Signature")
    assert [etree.QName(child).localname for child in request][:2] == ["Issuer", "Signature"]
    assert xml_signature.verify(request, signature, [key_pair("sp").certificate], allow_sha1=False)


def test_an_unsigned_request_carries_no_signature(cast: Cast) -> None:
    assert not request_in(SamlJourney(by_post(cast)).start()).findall("{*}Signature")


def test_signing_without_a_key_is_a_page_with_a_reference(cast: Cast) -> None:
    page = SamlJourney(by_post(cast, sign_requests=True, sp_private_key="", sp_certificate="")).start()
    assertContains(page, "reference", status_code=403)


def test_the_login_hint_is_in_the_address_of_the_form(cast: Cast) -> None:
    page = SamlJourney(by_post(cast, sso_url=f"{IDP_SSO}?app=1")).start(login_hint="bob+x@acme.example")
    assert form_in(page)[0] == f"{IDP_SSO}?app=1&login_hint=bob%2Bx%40acme.example"


ORIGINS = {
    "https://idp.example/sso?x=1": ["https://idp.example"],
    "https://idp.example:8443/sso": ["https://idp.example:8443"],
    "https://[2001:db8::1]:8443/sso": ["https://[2001:db8::1]:8443"],
    "https://bücher.example/sso": ["https://xn--bcher-kva.example"],
    "https://a;b.example/sso": [],
    "https://user@idp.example/sso": [],
}


@pytest.mark.parametrize(("address", "expected"), ORIGINS.items())
def test_the_origin_of_an_address_is_written_as_a_policy_wants_it(address: str, expected: list[str]) -> None:
    assert origins(address) == expected

"""What a connection's sign-in requests ask for beyond the usual, in the order of SAML's own schema."""

import base64
from typing import Any

import pytest
from lxml import etree
from saml2.xml.schema import validate

from accounts.models import Connection
from accounts.models.request_choices import NameIdFormat
from accounts.sso.refusals.row import Side
from accounts.sso.saml import service_provider
from accounts.sso.saml.shape import SAML, SAMLP, parse_signed, status_refusal
from tests.support.cast import Cast
from tests.support.logouts import logout_connection
from tests.support.saml_logout_messages import sent
from tests.support.saml_messages import Element, find

PASSWORD = "urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport"
MFA = "https://refeds.org/profile/mfa"
ALL: dict[str, Any] = {
    "force_authn": True,
    "name_id_policy": NameIdFormat.PERSISTENT,
    "authn_contexts": f"{PASSWORD} {MFA}",
    "authn_comparison": "minimum",
}
OPTIONS: dict[str, dict[str, Any]] = {
    "nothing": {},
    "ForceAuthn": {"force_authn": True},
    "a NameID format": {"name_id_policy": NameIdFormat.EMAIL},
    "one context": {"authn_contexts": PASSWORD},
    "everything": ALL,
    "everything, signed": {**ALL, "sign_requests": True},
    "everything, by POST": {**ALL, "sso_by_post": True},
    "everything, signed, by POST": {**ALL, "sso_by_post": True, "sign_requests": True},
}


def request_of(connection: Connection) -> Element:
    outgoing = service_provider.authn_request(connection, "s" * 43, "id0123456789abcdef")
    if outgoing.fields:
        return parse_signed(base64.b64decode(outgoing.fields["SAMLRequest"]))
    return sent(outgoing.address)[0]


@pytest.mark.parametrize("asked", OPTIONS.values(), ids=OPTIONS)
def test_each_request_is_as_the_schema_has_it(cast: Cast, asked: dict[str, Any]) -> None:
    validate(etree.tostring(request_of(logout_connection(cast.acme, **asked))).decode())


def test_a_request_that_asks_for_all_of_it(cast: Cast) -> None:
    request = request_of(logout_connection(cast.acme, **ALL))
    assert request.get("ForceAuthn") == "true"
    assert dict(find(request, "p:NameIDPolicy").attrib) == {"Format": NameIdFormat.PERSISTENT, "AllowCreate": "true"}
    context = find(request, "p:RequestedAuthnContext")
    assert (context.get("Comparison"), [item.text for item in context]) == ("minimum", [PASSWORD, MFA])


def test_a_transient_name_is_never_to_be_created(cast: Cast) -> None:
    request = request_of(logout_connection(cast.acme, name_id_policy=NameIdFormat.TRANSIENT))
    assert dict(find(request, "p:NameIDPolicy").attrib) == {"Format": NameIdFormat.TRANSIENT}


def test_a_request_asks_for_none_of_it_by_itself(cast: Cast) -> None:
    request = request_of(logout_connection(cast.acme))
    assert request.get("ForceAuthn") is None
    assert [child.tag for child in request] == [f"{{{SAML}}}Issuer"]


@pytest.mark.parametrize(
    ("status", "code"), [("InvalidNameIDPolicy", "idp-name-id-policy"), ("NoAuthnContext", "idp-authn-context")]
)
def test_a_refusal_of_what_was_asked_for_names_the_setting_here(status: str, code: str) -> None:
    inner = f'<StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:{status}"/>'
    whole = f'<Status><StatusCode Value="x:Responder">{inner}</StatusCode></Status>'
    refusal = status_refusal(etree.fromstring(f'<Response xmlns="{SAMLP}">{whole}</Response>'))
    assert refusal is not None
    assert (refusal.code, refusal.side) == (code, Side.TORQUE)
    assert "under “Advanced” on the connection's tab “Identity provider”" in str(refusal)

"""`python -m bench.saml`: CPU per SAML response, from the posted field to the checked assertion, beside others.

CPU of child processes counts, for pysaml2 starts one (xmlsec1) for each signature.
"""

import resource
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from accounts.sso.saml.checks import Expectations, read_response
from tests.support.saml_keys import key_pair
from tests.support.saml_messages import ACS_URL, ISSUERS, REQUEST_ID, SP_ENTITY_ID, Element, response, set_attribute

REPEATS = 5
SSO_URL = "https://login.microsoftonline.com/5d1f8a52/saml2"
POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST"
REDIRECT = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect"
GROUPS = "http://schemas.microsoft.com/ws/2008/06/identity/claims/groups"

Reader = Callable[[str], object]


class NotInstalledError(Exception):
    """What is missing, and how to get it."""


def milliseconds(work: Callable[[], object], rounds: int) -> float:
    """CPU for one call, this process and its children: the best of some repeats."""
    best = float("inf")
    for _ in range(REPEATS):
        began = _cpu()
        for _ in range(rounds):
            work()
        best = min(best, _cpu() - began)
    return best * 1000 / rounds


def _cpu() -> float:
    spent = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in spent)


def ours() -> Reader:
    expected = Expectations(
        acs_url=ACS_URL,
        sp_entity_id=SP_ENTITY_ID,
        idp_entity_id=ISSUERS["entra"],
        certificates=(key_pair("idp").certificate,),
        request_id=REQUEST_ID,
    )
    return lambda message: read_response(message, expected, datetime.now(UTC))


def python3_saml() -> Reader:
    try:
        from onelogin.saml2.response import OneLogin_Saml2_Response
        from onelogin.saml2.settings import OneLogin_Saml2_Settings
    except ImportError:
        raise NotInstalledError("pip install -r requirements/bench.txt") from None
    settings = OneLogin_Saml2_Settings(
        {
            "strict": True,
            "sp": {"entityId": SP_ENTITY_ID, "assertionConsumerService": {"url": ACS_URL, "binding": POST}},
            "idp": {
                "entityId": ISSUERS["entra"],
                "singleSignOnService": {"url": SSO_URL, "binding": REDIRECT},
                "x509cert": key_pair("idp").body,
            },
            "security": {"wantAssertionsSigned": True},
        }
    )
    host, _, path = ACS_URL.removeprefix("http://").partition("/")
    request = {"http_host": host, "script_name": f"/{path}", "get_data": {}, "post_data": {}}

    def read(message: str) -> object:
        answer = OneLogin_Saml2_Response(settings, message)
        assert answer.is_valid(request, REQUEST_ID), answer.get_error()
        return answer.get_attributes()

    return read


def pysaml2() -> Reader:
    """As it is installed: signatures by the xmlsec1 program, schemas in pure Python."""
    if not shutil.which("xmlsec1"):
        raise NotInstalledError("the program xmlsec1 is missing; Debian's package has the same name")
    from saml2.client import Saml2Client
    from saml2.config import SPConfig

    config = SPConfig().load(_pysaml2_settings())
    client = Saml2Client(config)

    def read(message: str) -> object:
        answer = client.parse_authn_request_response(message, POST, outstanding={REQUEST_ID: "/"})
        assert answer.name_id is not None
        return answer.ava

    return read


_METADATA = """<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="{issuer}">
<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data>
<X509Certificate>{certificate}</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
<SingleSignOnService Binding="{binding}" Location="{address}"/></IDPSSODescriptor></EntityDescriptor>"""


def _pysaml2_settings() -> dict[str, Any]:
    certificate = key_pair("idp").body
    metadata = _METADATA.format(issuer=ISSUERS["entra"], certificate=certificate, binding=REDIRECT, address=SSO_URL)
    endpoints = {"assertion_consumer_service": [(ACS_URL, POST)]}
    return {
        "entityid": SP_ENTITY_ID,
        "metadata": {"inline": [metadata]},
        "service": {"sp": {"endpoints": endpoints, "want_response_signed": False, "want_assertions_signed": True}},
    }


LIBRARIES: tuple[tuple[str, Callable[[], Reader], int], ...] = (
    ("Torque SSO, every check of 8.4", ours, 300),
    ("python3-saml, strict", python3_saml, 60),
    ("pysaml2 as shipped", pysaml2, 10),
)


def message(groups: int) -> str:
    def fill(root: Element) -> None:
        set_attribute(root, GROUPS, [f"6c3a1d2e-51a4-4f0b-9a43-{number:012d}" for number in range(groups)])

    return response("entra", edit=fill, now=datetime.now(UTC))


def measure(groups: int) -> None:
    text = message(groups)
    print(f"\n{len(text) * 3 / 4 / 1024:.1f} KB of XML, assertion signed, {groups} groups: ms of CPU for one response")
    first = 0.0
    for name, make, rounds in LIBRARIES:
        try:
            spent = milliseconds(partial(make(), text), rounds)
        except NotInstalledError as missing:
            print(f"  {name:<32} not installed: {missing}")
            continue
        first = first or spent
        print(f"  {name:<32} {spent:8.2f} {spent / first:8.1f} x")


def main() -> None:
    for groups in (10, 200):
        measure(groups)


if __name__ == "__main__":
    main()

"""Whatever is written into a good message: it is refused, or it says exactly what the identity provider signed."""

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.sso.refusal import LoginRefused
from accounts.sso.saml.checks import read_response
from tests.support.saml_keys import key_pair
from tests.support.saml_messages import NOW, encode, response
from tests.support.saml_reading import expectations

FRAGMENTS = (
    b"", b"<", b">", b"&", b'"', b"<!--x-->", b"<a/>", b"</Assertion>", b"alice@acme.example", b"\x00", b"\xff",
    b"&#0;", b' ID="_a1"', b' xmlns="urn:x"', b' xmlns:ds="urn:x"', b"<![CDATA[", b"]]>", b"<?x?>",
    b"<Assertion/>", b"&lt;", b"<saml2:Assertion/>", b"<ds:Signature/>", b"<!DOCTYPE x>", b"\r\n", "é".encode(),
    b"<NameID>alice</NameID>",
)  # fmt: skip

# Where, how much of what stands there goes, and what comes in its place.
EDITS = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 60), st.one_of(st.sampled_from(FRAGMENTS), st.binary(max_size=4))),
    min_size=1,
    max_size=3,
)
COPIES = st.tuples(st.floats(0, 1), st.integers(1, 4000), st.floats(0, 1))

MESSAGES = {
    (vendor, signed): response(vendor, signed=signed)
    for vendor in ("entra", "okta")
    for signed in ("assertion", "response", "both")
}


def check(vendor: str, signed: str, xml: bytes) -> None:
    original = read_response(MESSAGES[vendor, signed], expectations(vendor), NOW)
    try:
        assert read_response(encode(xml), expectations(vendor), NOW) == original
    except LoginRefused:
        return


@pytest.mark.parametrize(("vendor", "signed"), MESSAGES)
@settings(max_examples=150, deadline=None)
@given(edits=EDITS)
def test_text_written_over_text_changes_nothing_that_is_read(
    vendor: str, signed: str, edits: list[tuple[float, int, bytes]]
) -> None:
    xml = base64.b64decode(MESSAGES[vendor, signed])
    for place, length, text in edits:
        at = int(place * len(xml))
        xml = xml[:at] + text + xml[at + length :]
    check(vendor, signed, xml)


@pytest.mark.parametrize(("vendor", "signed"), MESSAGES)
@settings(max_examples=100, deadline=None)
@given(copy=COPIES)
def test_parts_copied_elsewhere_change_nothing_that_is_read(
    vendor: str, signed: str, copy: tuple[float, int, float]
) -> None:
    xml = base64.b64decode(MESSAGES[vendor, signed])
    source, target = int(copy[0] * len(xml)), int(copy[2] * len(xml))
    check(vendor, signed, xml[:target] + xml[source : source + copy[1]] + xml[target:])


@settings(max_examples=300, deadline=None)
@given(message=st.one_of(st.text(max_size=300), st.binary(max_size=300).map(encode)))
def test_any_text_at_all_is_refused_and_never_fails(message: str) -> None:
    key_pair("idp")
    with pytest.raises(LoginRefused):
        read_response(message, expectations(), NOW)

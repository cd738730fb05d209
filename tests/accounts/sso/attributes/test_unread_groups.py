"""Nobody leaves a group unless the list was read whole or the claim is absent: what else comes is named, everywhere."""

import base64
import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from accounts.models import Connection, GroupMembership, LoginRecord
from accounts.sso.attributes.reading import read_groups
from accounts.sso.claims import IdentityClaims
from accounts.sso.login.preview import claims_of, preview_login
from accounts.sso.masking import masked_attributes
from accounts.sso.trace import Trace
from console.logins import record as received
from console.logins.pasted import unverified_attributes
from tests.conftest import LogIn
from tests.support.cast import Cast
from tests.support.factories import mapped_group, oidc_connection, saml_connection
from tests.support.journeys import SamlJourney, signed_connection
from tests.support.saml_messages import Element, response

pytestmark = pytest.mark.django_db
OIDC = {"vendor": "okta", "issuer": "https://acme.okta.example", "tenant_id": "", "client_id": "0oa1"}
DANA = {"email": "dana@acme.example", "email_verified": True, "sub": "00u1dana"}
UNREAD = [
    [{"id": "Ops"}],
    [None],
    [["Ops"]],
    {"Ops": "Dev"},
    {},
    True,
    None,
    "",
    ["Dev", None],
    ["Dev", {"id": "Ops"}],
    "Sales, EMEA",
    "[Ops, Dev]",
]
READ = [
    ('["Dev","Ops"]', "Dev Ops"),
    ("Dev,Ops", "Dev Ops"),
    ("Dev, Ops", "Dev Ops"),
    ("Dev", "Dev"),
    ("R&D, Berlin", "Berlin"),
    (["Dev", "R&D, Berlin"], "Berlin Dev"),
    (["Dev,Ops"], ""),
    ([], ""),
    ("[]", ""),
]


@pytest.fixture
def okta(cast: Cast) -> Connection:
    mapped_group(cast.acme, "Ops", "Ops")
    mapped_group(cast.acme, "Dev", "Dev")
    mapped_group(cast.acme, "Berlin", "R&D, Berlin")
    return oidc_connection(cast.acme, **OIDC)


def given_claims(connection: Connection, value: Any) -> IdentityClaims:
    return claims_of(connection, {**DANA, "groups": value})


def groups_now() -> set[str]:
    return set(GroupMembership.objects.filter(user__email="dana@acme.example").values_list("group__name", flat=True))


def after(log_in: LogIn, okta: Connection, value: Any) -> LoginRecord:
    log_in(given_claims(okta, ["Ops"]), okta)
    trace = Trace()
    return log_in(claims_of(okta, {**DANA, "groups": value}, trace), okta, trace).record


@pytest.mark.parametrize("value", UNREAD, ids=repr)
def test_what_is_no_list_changes_nothing_and_is_named(okta: Connection, log_in: LogIn, value: Any) -> None:
    record = after(log_in, okta, value)
    (sentence,) = [one for one in record.decisions if "Groups: expected a list of texts" in one]
    assert groups_now() == {"Ops"}
    assert "“groups” came as " in sentence
    assert record.group_ids is None


@pytest.mark.parametrize(("value", "groups"), READ, ids=repr)
def test_what_is_a_list_is_followed(okta: Connection, log_in: LogIn, value: Any, groups: str) -> None:
    record = after(log_in, okta, value)
    assert groups_now() == set(groups.split())
    assert not any("expected a list" in one for one in record.decisions)


@pytest.mark.parametrize("value", [*UNREAD, *(value for value, _ in READ)], ids=repr)
def test_what_if_of_the_recorded_login_says_the_same(
    okta: Connection, cast: Cast, log_in: LogIn, client: Client, value: Any
) -> None:
    record = after(log_in, okta, value)
    client.force_login(cast.alice, "accounts.authentication.AccountBackend")
    page = client.get(f"{reverse('what-if')}?from={record.reference}")
    pasted = json.loads(page.context["form"].initial["attributes"])
    form = {"connection": okta.pk, "attributes": json.dumps({**pasted, "sub": DANA["sub"]})}
    tried = client.post(reverse("what-if"), form)
    assert _about_groups(tried.context["result"].decisions) == _about_groups(record.decisions)


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        (["Ops"], ["Ops"]),
        (["Ops", "Dev"], ["Ops", "Dev"]),
        ("Ops,Dev", ["Ops,Dev"]),
        (["Sales, EMEA"], ['["Sales, EMEA"]']),
        ([None], ["[null]"]),
        ([1, 2], ["[1, 2]"]),
        (True, ["true"]),
    ],
)
def test_the_record_keeps_groups_so_that_they_read_the_same(value: Any, kept: list[str]) -> None:
    assert masked_attributes({"groups": value}, ["groups"], ["groups"]) == {"groups": kept}
    pasted = kept[0] if len(kept) == 1 else kept  # as what-if begins with it
    assert read_groups(pasted).ids == read_groups(value).ids


@pytest.mark.parametrize("value", UNREAD, ids=repr)
def test_preview_and_inspector_say_the_same_sentence(okta: Connection, log_in: LogIn, value: Any) -> None:
    record = after(log_in, okta, value)
    preview = preview_login(okta, {**DANA, "groups": value})
    (chapter,) = [one for one in received.chapters(record.steps) if one.title == "Groups"]
    assert chapter.mark == "noted"
    assert _about_groups(preview.decisions) == [line["sentence"] for line in chapter.lines]


def _about_groups(decisions: Any) -> list[str]:
    return [one for one in decisions if "roups" in one]


def test_saml_says_so_too(cast: Cast, okta: Connection, log_in: LogIn) -> None:
    saml = saml_connection(cast.acme)
    person = {"NameID": "dana@acme.example", "email": "dana@acme.example"}
    log_in(claims_of(saml, {**person, "groups": ["Ops"]}), saml)
    for value in ([{"Group": "Ops"}], "Sales, EMEA", [None], True):
        done = log_in(claims_of(saml, {**person, "groups": value}), saml)
        assert any("“groups” came as" in one for one in done.record.decisions)
    assert groups_now() == {"Ops"}


def with_elements(root: Element) -> None:
    """Each group as an element inside its AttributeValue."""
    for value in root.findall(".//{*}Attribute[@Name='groups']/{*}AttributeValue"):
        group = etree.SubElement(value, "{urn:acme}Group")
        group.text, value.text = value.text, None


def test_elements_in_a_signed_assertion_are_no_list(cast: Cast, okta: Connection) -> None:
    journey = SamlJourney(signed_connection(cast.acme))
    person = {"name_id": "dana@acme.example"}
    journey.log_in(**person, attributes={"email": ["dana@acme.example"], "groups": ["Ops"]})
    given = {"email": ["dana@acme.example"], "groups": ["Ops", "Dev"]}
    journey.log_in(**person, attributes=given, edit=with_elements)
    record = LoginRecord.objects.latest("at")
    assert any("“groups” came as a list of objects with “Group”." in one for one in record.decisions)
    assert record.attributes["groups"] == ['[{"Group": ""}, {"Group": ""}]']


def test_a_pasted_assertion_with_elements_says_the_same() -> None:
    root = etree.fromstring(base64.b64decode(response("okta", attributes={"groups": ["Ops"]}, edit=with_elements)))
    pasted = unverified_attributes(etree.tostring(root, encoding="unicode"))
    assert pasted["groups"] == [{"Group": ""}]


def test_a_claim_that_is_absent_after_an_unread_one_was_never_seen(okta: Connection, log_in: LogIn) -> None:
    log_in(given_claims(okta, [{"id": "Ops"}]), okta)
    done = log_in(claims_of(okta, DANA), okta)
    assert any("none ever have" in one for one in done.record.decisions)


def test_a_near_miss_is_named(cast: Cast, okta: Connection, log_in: LogIn) -> None:
    mapped_group(cast.acme, "Platform", "Platform Team")
    record = after(log_in, okta, ["/Platform Team", "OPS"])
    assert "'/Platform Team' came; the group 'Platform' is mapped to 'Platform Team'" in " ".join(record.decisions)
    assert "'OPS' came; the group 'Ops' is mapped to 'Ops'" in " ".join(record.decisions)


def test_a_group_of_another_account_is_no_near_miss(cast: Cast, okta: Connection, log_in: LogIn) -> None:
    mapped_group(cast.globex, "Theirs", "Secret Team")
    record = after(log_in, okta, ["/Secret Team"])
    assert not any("Theirs" in one or "Secret Team' is" in one or "mapped to" in one for one in record.decisions)


TEXTS = st.sampled_from(["Ops", "Dev", "Ops,Dev", "Chess", "", "[", "null", "R&D, Berlin", '["Ops"]']) | st.text()
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
LISTS = st.lists(SCALARS, max_size=4)
ANY = SCALARS | LISTS | st.lists(LISTS, max_size=3) | st.dictionaries(TEXTS, SCALARS | LISTS, max_size=3)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(value=ANY)
def test_whatever_comes_nobody_leaves_unless_a_list_was_read(okta: Connection, log_in: LogIn, value: Any) -> None:
    log_in(given_claims(okta, ["Ops"]), okta)
    record = log_in(given_claims(okta, value), okta).record
    if "Ops" not in groups_now():
        assert record.group_ids is not None
        assert isinstance(value, str | int | list)
        assert not isinstance(value, list) or all(isinstance(one, str | int) for one in value)

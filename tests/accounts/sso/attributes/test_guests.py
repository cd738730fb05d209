"""Guests of an Entra tenant: distinguished from members on both protocols, and never matched by e-mail or name."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client

from accounts.audit.audit import OPERATOR
from accounts.models import ExternalIdentity, LoginRecord, User
from accounts.permissions import ACCOUNT_ADMIN
from accounts.sso.attributes.guests import Signs, values_of, why_guest
from accounts.sso.login.preview import preview_login
from accounts.sso.saml import service_provider
from accounts.users import users
from tests.support.cast import Cast
from tests.support.factories import TENANT, known_at, oidc_connection
from tests.support.journeys import OidcJourney, SamlJourney, signed_connection
from tests.support.oidc_messages import Provider, Web, shape
from tests.support.saml_messages import ISSUERS, removing, response

HOME = "https://sts.windows.net/9188040d-6c67-4c5b-b112-36a304b66dad/"
ISSUER = f"https://login.microsoftonline.com/{TENANT}/v2.0"
MICROSOFT = "http://schemas.microsoft.com/identity/claims"
CLAIMS = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims"
SAML_TENANT = "5d1f8a52-0c35-4a0e-8ef6-2ad9b0a5b001"


def signs(**values: Any) -> Signs:
    return Signs(**{"issuer": ISSUER, "tenant": TENANT, **values})


@pytest.mark.parametrize("value", [1, "1", 1.0, True, " 1 ", "True", "guest", 2, [1], ["0", "1"]])
def test_an_account_status_that_is_not_zero_is_a_guests(value: Any) -> None:
    assert why_guest(signs(account_status=values_of([value]))).startswith("acct is ")


@pytest.mark.parametrize("value", [None, 0, "0", 0.0, False, "", []])
def test_an_account_status_of_zero_or_none_is_a_members(value: Any) -> None:
    assert why_guest(signs(account_status=values_of([value]))) == ""


@pytest.mark.parametrize(
    "provider",
    [
        HOME,
        HOME.upper(),
        "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0",
        "live.com",
        "mail",
        "google.com",
        "partner.example",
        "9188040d-6c67-4c5b-b112-36a304b66dad",
        f"https://evil.example/{TENANT}/",
        f"https://sts.windows.net.evil.example/{TENANT}/",
        f"https://sts.windows.net@evil.example/{TENANT}/",
        f"{TENANT}.evil.example",
        ["live.com"],
        [f"https://sts.windows.net/{TENANT}/", "live.com"],
        {"iss": "x"},
        5,
    ],
)
def test_another_identity_provider_is_a_guests(provider: Any) -> None:
    assert why_guest(signs(providers=values_of([provider]))).startswith("signed in at ")


@pytest.mark.parametrize(
    "provider",
    [
        None,
        "",
        TENANT,
        TENANT.upper(),
        ISSUER,
        ISSUER.upper(),
        f"https://sts.windows.net/{TENANT}/",
        f"https://sts.windows.net/{TENANT.upper()}",
        f" https://login.microsoftonline.com/{TENANT}/v2.0 ",
        f"https://login.microsoftonline.com/{TENANT}/",
    ],
)
def test_the_tenant_itself_in_any_form_is_a_members(provider: Any) -> None:
    assert why_guest(signs(providers=values_of([provider]))) == ""


def test_where_the_tenant_is_not_known_its_issuer_still_is() -> None:
    assert why_guest(signs(tenant="", providers=(ISSUER,))) == ""
    assert why_guest(signs(tenant="", providers=(f"https://sts.windows.net/{TENANT}/",)))


@pytest.mark.parametrize(
    "name",
    [
        "ann_home.example#EXT#@acme.onmicrosoft.com",
        "ann_home.example#ext#@acme.example",
        "ann_home.example%23EXT%23@acme.example",
        "ann_home.example%23ext#@acme.example",
        "ann_home.example_EXT_@acme.example",
    ],
)
def test_a_name_that_entra_made_up_is_a_guests(name: str) -> None:
    assert why_guest(signs(names=("ann@acme.example", name))).startswith("named ")


@pytest.mark.parametrize(
    "name", ["ann@acme.example", "ann.ext@acme.example", "ann#1@acme.example", "ann_ext@a.example"]
)
def test_other_names_are_members(name: str) -> None:
    assert why_guest(signs(names=(name,))) == ""


@pytest.mark.parametrize(
    ("values", "is_guest"),
    [
        ({"providers": ("00o1",)}, False),
        ({"providers": ("live.com",)}, False),
        ({"providers": (HOME,), "tenant": ""}, False),
        ({"providers": (HOME,)}, True),
        ({"account_status": ("acme-gmbh",)}, False),
        ({"account_status": (1,)}, True),
        ({"names": ("a#EXT#@b.example",)}, True),
        ({"names": ("a_ext_@b.example",)}, False),
    ],
)
def test_of_other_vendors_only_what_cannot_be_misread_counts(values: dict[str, Any], is_guest: bool) -> None:
    assert bool(why_guest(signs(is_entra=False, **values))) is is_guest


@pytest.fixture
def petra(cast: Cast) -> User:
    """Pending, and announced as Account Admin."""
    users.set_account_role(cast.petra, users.role_named(cast.acme, ACCOUNT_ADMIN), acting=OPERATOR)
    return cast.petra


def entra(cast: Cast, web: Web, message: str, **settings: Any) -> OidcJourney:
    return OidcJourney(Provider(oidc_connection(cast.acme, **settings), web, shape(f"entra/oidc/{message}.json")))


def entra_saml(cast: Cast, **settings: Any) -> SamlJourney:
    own = {"vendor": "entra", "idp_entity_id": ISSUERS["entra"], **settings}
    journey = SamlJourney(signed_connection(cast.acme, **own))
    journey.start()
    return journey


def come(journey: SamlJourney, message: str = "guest", **fields: Any) -> Any:
    """The page after an answer of this shape."""
    own = {
        "now": datetime.now(UTC),
        "request_id": journey.request_id,
        "acs_url": service_provider.acs_url(journey.connection),
        "sp_entity_id": service_provider.entity_id(journey.connection),
        "name_id": "n-1",
    }
    return journey.follow(journey.post(response("entra", message, **{**own, **fields})))


def last() -> LoginRecord:
    return LoginRecord.objects.latest("at")


MESSAGES = ["guest_by_idp", "guest_by_name", "guest_by_account_status"]


@pytest.mark.django_db
@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.parametrize("vendor", ["entra", "other"])
def test_a_guest_with_the_companys_address_takes_nobody_over(
    cast: Cast, web: Web, petra: User, message: str, vendor: str
) -> None:
    page = entra(cast, web, message, vendor=vendor).log_in(email_verified=True)
    assert page.status_code == 403
    assert (last().reason, User.objects.get(pk=petra.pk).state) == ("guest", "pending")
    assert "of a guest (" in last().explanation
    assert "Verify the domain" not in last().explanation


@pytest.mark.django_db
def test_nor_does_one_by_saml(cast: Cast, petra: User) -> None:
    page = come(entra_saml(cast))
    assert "Your company knows you as a guest" in page.content.decode()
    assert (last().reason, User.objects.get(pk=petra.pk).state) == ("guest", "pending")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("attributes", "name_id"),
    [
        ({f"{MICROSOFT}/identityprovider": ["live.com"]}, "n-1"),
        ({f"{MICROSOFT}/acct": ["1"]}, "n-1"),
        ({f"{CLAIMS}/name": ["petra_mail.example#EXT#@acme.example"]}, "n-1"),
        ({f"{CLAIMS}/upn": ["petra_mail.example%23EXT%23@acme.example"]}, "n-1"),
        ({}, "petra_mail.example#EXT#@acme.example"),
    ],
)
def test_each_sign_of_a_guest_is_read_from_attributes(
    cast: Cast, petra: User, attributes: dict[str, list[str]], name_id: str
) -> None:
    member = {f"{MICROSOFT}/identityprovider": [ISSUERS["entra"]], f"{CLAIMS}/emailaddress": ["petra@acme.example"]}
    come(entra_saml(cast), "response", attributes={**member, **attributes}, name_id=name_id)
    assert (last().reason, User.objects.get(pk=petra.pk).state) == ("guest", "pending")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "provider", [ISSUERS["entra"], f"https://login.microsoftonline.com/{SAML_TENANT.upper()}/v2.0"]
)
def test_a_member_of_the_tenant_is_matched_by_saml(cast: Cast, petra: User, provider: str) -> None:
    member = {f"{MICROSOFT}/identityprovider": [provider], f"{CLAIMS}/emailaddress": ["petra@acme.example"]}
    come(entra_saml(cast), "response", attributes=member)
    assert User.objects.get(pk=petra.pk).state == "active"


@pytest.mark.django_db
def test_a_member_of_the_tenant_is_matched_by_openid_connect(cast: Cast, web: Web, petra: User) -> None:
    own = {"idp": f"https://sts.windows.net/{TENANT}/", "acct": 0}
    entra(cast, web, "member").log_in(email="petra@acme.example", **own)
    assert User.objects.get(pk=petra.pk).state == "active"


@pytest.mark.django_db
def test_a_guest_of_another_address_comes_in_as_somebody_new_and_again_by_subject(cast: Cast, web: Web) -> None:
    journey = entra(cast, web, "guest")
    journey.log_in()
    first = last().user
    OidcJourney(journey.provider, Client()).log_in(email="new@partner.example")
    assert first is not None
    assert (last().user, first.email, last().reason) == (first, "gil@partner.example", "")


@pytest.mark.django_db
def test_the_email_of_a_known_guest_stays(cast: Cast, web: Web) -> None:
    journey = entra(cast, web, "guest")
    journey.log_in()
    OidcJourney(journey.provider, Client()).log_in(email="ceo@acme.example")
    assert "E-mail 'ceo@acme.example' is a guest's: 'gil@partner.example' stays." in last().decisions


@pytest.mark.django_db
def test_a_guest_is_found_by_the_object_id_that_provisioning_stored(cast: Cast, web: Web) -> None:
    gil = users.provision_pending(cast.acme, "gil@partner.example", acting=OPERATOR)
    User.objects.filter(pk=gil.pk).update(external_id=shape("entra/oidc/guest.json")["oid"])
    entra(cast, web, "guest").log_in()
    assert last().user == gil


@pytest.mark.django_db
def test_an_email_as_name_id_is_no_external_id_of_a_guest(cast: Cast, petra: User) -> None:
    User.objects.filter(pk=petra.pk).update(external_id="petra@acme.example")
    no_object_id = removing(f"//a:Attribute[@Name='{MICROSOFT}/objectidentifier']")
    come(entra_saml(cast), name_id="petra@acme.example", edit=no_object_id)
    assert (last().reason, User.objects.get(pk=petra.pk).state) == ("guest", "pending")


@pytest.mark.django_db
def test_a_guest_does_not_come_in_by_the_email_that_is_a_members_subject(cast: Cast) -> None:
    journey = entra_saml(cast)
    known = known_at(journey.connection, cast.bob)
    ExternalIdentity.objects.filter(pk=known.pk).update(subject="bob@acme.example")
    no_object_id = removing(f"//a:Attribute[@Name='{MICROSOFT}/objectidentifier']")
    come(journey, name_id="bob@acme.example", edit=no_object_id)
    assert (last().reason, last().user) == ("guest", None)


@pytest.mark.django_db
@pytest.mark.parametrize("message", MESSAGES)
def test_the_preview_says_the_same(cast: Cast, petra: User, message: str) -> None:
    found = preview_login(oidc_connection(cast.acme), shape(f"entra/oidc/{message}.json"))
    assert found.decisions[0].startswith("guest: Expected a member of the Entra tenant")


@pytest.mark.django_db
def test_the_guide_names_the_claims() -> None:
    guide = Client().get("/guides/entra").content.decode()
    assert "<code>acct</code>" in guide
    assert "<code>idp</code>" in guide

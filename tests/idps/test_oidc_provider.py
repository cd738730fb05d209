"""Full OpenID Connect logins with `oidc-provider`: both flows, groups present, absent, and too many for a token."""

from typing import Any
from uuid import uuid4

import pytest

from tests.idps.oidc_provider import SECRET, OidcProvider
from tests.idps.product import Product
from tests.idps.visitor import Visitor

TENANT = str(uuid4())
FLOWS = ["id_token", "code"]
WAYS = [(vendor, flow) for vendor in ("okta", "entra") for flow in FLOWS]


@pytest.fixture(scope="module")
def start_urls(product: Product, like_okta: OidcProvider, like_entra: OidcProvider) -> dict[tuple[str, str], str]:
    """A connection for each vendor and flow, and where its sign-in starts."""
    for group, identifier in GROUPS.items():
        product.command("create_group", "acme", group, "--idp-identifier", identifier)
    issuers = {"okta": like_okta.issuer, "entra": like_entra.issuer}
    return {way: connect(product, *way, issuers[way[0]])["start_url"] for way in WAYS}


GROUPS = {"Designers": "designers", "Operators": str(uuid4())}


def connect(product: Product, vendor: str, flow: str, issuer: str, more_name: str = "") -> dict[str, Any]:
    options = ["--vendor", vendor, "--protocol", "oidc", "--issuer", issuer, "--client-id", flow, "--flow", flow]
    options += ["--tenant-id", TENANT] if vendor == "entra" else []
    options += ["--client-secret-env", "SECRET"] if flow == "code" else []
    options += ["--extra-scope", "groups"] if vendor == "okta" else []
    return product.command(
        "create_connection",
        "acme",
        f"{vendor} {flow} {more_name}".strip(),
        *options,
        "--domain",
        "acme.example",
        "--live",
        SECRET=SECRET,
    )


class Person:
    """Somebody new who signs in through one connection, as their provider describes them at the time."""

    def __init__(self, product: Product, provider: OidcProvider, start_url: str) -> None:
        self.login = f"person-{uuid4().hex[:8]}"
        self.object_id = str(uuid4())
        self._product, self._provider, self._start_url = product, provider, start_url

    def signs_in(self, **claims: object) -> dict[str, Any]:
        """What the product says of them afterwards."""
        own = {"email": f"{self.login}@acme.example", "given_name": "Pat", "space_name": "Mars"}
        self._provider.say(self.login, **own, oid=self.object_id, tid=TENANT, **claims)
        visitor = Visitor(self._product.origin, login=self.login, password="anything")
        page = visitor.sign_in(self._start_url)
        assert page.status_code == 200, self._product.last_login()
        return visitor.me()


@pytest.fixture(params=WAYS, ids=" ".join)
def person(
    request: pytest.FixtureRequest,
    product: Product,
    like_okta: OidcProvider,
    like_entra: OidcProvider,
    start_urls: dict[tuple[str, str], str],
) -> Person:
    provider = like_okta if request.param[0] == "okta" else like_entra
    return Person(product, provider, start_urls[request.param])


def groups_of(me: dict[str, Any]) -> list[str]:
    return [group["group"] for group in me["groups"]]


def test_a_person_signs_in(person: Person) -> None:
    me = person.signs_in(groups=["designers", "nobody-mapped-this"])
    assert me["email"] == f"{person.login}@acme.example"
    assert [space["space"] for space in me["spaces"]] == ["Mars"]
    assert groups_of(me) == ["Designers"]


def test_the_same_person_comes_back(person: Person) -> None:
    first, second = person.signs_in(groups=["designers"]), person.signs_in(groups=["designers"])
    assert second == first


def test_a_claim_that_is_left_out_means_no_group_any_more(person: Person) -> None:
    person.signs_in(groups=["designers"])
    assert groups_of(person.signs_in()) == []


OVERAGE = {
    "code": {"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": "http://192.0.2.1/never"}}},
    "id_token": {"hasgroups": True},
}


def test_too_many_groups_are_read_from_graph(
    product: Product, like_entra: OidcProvider, start_urls: dict[tuple[str, str], str]
) -> None:
    person = Person(product, like_entra, start_urls["entra", "code"])
    like_entra.know_groups({person.object_id: [GROUPS["Operators"]]})
    person.signs_in(groups=["designers"])
    assert groups_of(person.signs_in(**OVERAGE["code"])) == ["Operators"]


def test_too_many_groups_take_nothing_away_where_graph_cannot_be_asked(
    product: Product, like_entra: OidcProvider, start_urls: dict[tuple[str, str], str]
) -> None:
    person = Person(product, like_entra, start_urls["entra", "id_token"])
    person.signs_in(groups=["designers"])
    assert groups_of(person.signs_in(**OVERAGE["id_token"])) == ["Designers"]
    assert "Graph" in " ".join(product.last_login()["decisions"])

"""What-if says what a login does: every mapping case, every row of the group table, and attributes at random, each
first tried and then brought through the views as an identity provider brings it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.audit.audit import OPERATOR
from accounts.connections import connections
from accounts.connections.provider import graph
from accounts.groups import sync as group_sync
from accounts.models import Account, Connection, LoginRecord
from accounts.sso.login.preview import Preview, preview_login
from spaces.models import Space, SpaceMembership, SpaceRole
from spaces.space_roles import ensure_space_role
from spaces.spaces import create_space
from spaces.tenancy import open_account
from tests.support.cast import Cast
from tests.support.factories import TENANT, mapped_group, oidc_connection
from tests.support.journeys import OidcJourney, SamlJourney, signed_connection
from tests.support.oidc_messages import Provider, Web
from tests.support.saml_messages import Element, removing

pytestmark = pytest.mark.django_db
CASES = json.loads((Path(__file__).parents[2] / "spaces" / "mapping_cases.json").read_text())
GROUPS_LINK = "http://schemas.microsoft.com/claims/groups.link"
GUIDS = [f"0c6a7e0e-5d0c-4a43-9a53-{number:012}" for number in range(200)]
Attributes = Mapping[str, Any]
Given = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What became of a login, or would have."""

    outcome: str
    decisions: tuple[str, ...]
    spaces: tuple[dict[str, str], ...] = ()
    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


def tried(connection: Connection, attributes: Attributes) -> Outcome:
    found: Preview = preview_login(connection, attributes)
    return Outcome(found.outcome, found.decisions, found.spaces, found.groups_joined, found.groups_left)


def done() -> Outcome:
    """Of the latest login, with the group sync that follows it."""
    record = LoginRecord.objects.latest("at")
    if record.outcome == "refused":
        return Outcome("refused", (f"{record.reason}: {record.explanation}",))
    assert record.identity_id
    try:
        sync = group_sync.sync_idp_groups(record.identity_id) or group_sync.GroupSync((), ())
    except graph.GraphUnavailable:
        sync = group_sync.GroupSync((), ())
    own = SpaceMembership.objects.filter(user=record.user).select_related("space", "role").order_by("space__name")
    spaces = tuple({"space": m.space.name, "role": m.role.name, "origin": m.origin} for m in own)
    return Outcome(record.outcome, tuple(record.decisions), spaces, sync.joined, sync.left)


def by_saml(connection: Connection, web: Web, given: Given) -> tuple[Attributes, Callable[[], object]]:
    """The attributes as an admin would paste them, and the login that brings them and nothing else."""
    texts = {name: value if isinstance(value, list) else [str(value)] for name, value in given.items()}
    name_id = texts["email"][0]

    def only_these(root: Element) -> None:
        for attribute in root.findall(".//{*}Attribute"):
            if attribute.get("Name") not in given:
                removing(f"//a:Attribute[@Name='{attribute.get('Name')}']")(root)

    journey = SamlJourney(connection)
    log_in = partial(journey.log_in, name_id=name_id, attributes=texts, edit=only_these)
    return {"NameID": name_id, **given}, log_in


def by_oidc(connection: Connection, web: Web, given: Given) -> tuple[Attributes, Callable[[], object]]:
    email = given["email"]
    claims = {"sub": f"sub of {email}", "oid": f"oid of {email}", "tid": TENANT, "preferred_username": email, **given}
    journey = OidcJourney(Provider(connection, web, claims))
    return claims, partial(journey.log_in, jti=str(uuid4()))


def okta_oidc(account: Account, **options: Any) -> Connection:
    own = {"vendor": "okta", "issuer": "https://acme.okta.example", "tenant_id": "", "client_id": "0oa1"}
    return oidc_connection(account, **{**own, **options})


PROTOCOLS = {"saml": (signed_connection, by_saml), "oidc": (okta_oidc, by_oidc)}


def agreed(connection: Connection, web: Web, given: Given) -> Outcome:
    """Tried, then done; both the same."""
    bring = by_saml if connection.protocol == "saml" else by_oidc
    attributes, log_in = bring(connection, web, given)
    would_be = tried(connection, attributes)
    log_in()
    was = done()
    assert would_be == was
    return was


def company(case: Mapping[str, Any]) -> Account:
    account, _ = open_account(f"Company {case['id']}", acting=OPERATOR)
    connections.claim_verified_domain(account, "acme.example", acting=OPERATOR)
    for name in case["known_spaces"]:
        create_space(account, name, acting=OPERATOR)
    for name in set(case["known_roles"]) - set(
        SpaceRole.objects.filter(account=account).values_list("name", flat=True)
    ):
        ensure_space_role(account, name, acting=OPERATOR)
    assert Space.objects.filter(account=account).count() == len(case["known_spaces"])
    return account


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_on_every_mapping_case(case: dict[str, Any], protocol: str, db: None, web: Web) -> None:
    named = {name: case[name] for name in ("space_name", "space_role") if case[name] is not None}
    connect, _ = PROTOCOLS[protocol]
    was = agreed(connect(company(case)), web, {"email": "dana@acme.example", **named})
    assert {(s["space"], s["role"]) for s in was.spaces} == {(e["space"], e["role"]) for e in case["expect"]}


@dataclass(frozen=True)
class GroupRow:
    """A row of the table in `protocol.md` section 9. `before`: groups of the login before; None: it spoke of none."""

    title: str
    connect: Callable[..., Connection]
    given: Given
    joined: tuple[str, ...] = ()
    left: tuple[str, ...] = ()
    before: Any = ("Ops",)
    options: Given | None = None
    graph: Any = None


OPS, DEV, SEC = GUIDS[:3]
ELSEWHERE = {
    "_claim_names": {"groups": "src1"},
    "_claim_sources": {"src1": {"endpoint": "https://graph.windows.net/x"}},
}
OTHER = {"vendor": "other"}
SECRET = {"client_secret": "entra-client-secret"}


def entra_saml(account: Account, **options: Any) -> Connection:
    return signed_connection(account, vendor="entra", **options)


GROUP_TABLE = [
    GroupRow("a list", signed_connection, {"groups": ["Dev", "Sec"]}, ("Dev", "Sec"), ("Ops",)),
    GroupRow("a list by OIDC", okta_oidc, {"groups": ["Dev", "Ops", "Chess"]}, ("Dev",)),
    GroupRow("an empty list", signed_connection, {"groups": []}, left=("Ops",)),
    GroupRow("an empty list by OIDC", okta_oidc, {"groups": []}, left=("Ops",)),
    GroupRow("never seen", signed_connection, {}, before=None),
    GroupRow("never seen by OIDC", oidc_connection, {}, before=None),
    GroupRow("missing, seen before", signed_connection, {}, left=("Ops",)),
    GroupRow("missing by OIDC, seen before", oidc_connection, {}, left=("Ops",), before=(OPS,)),
    GroupRow("missing, kept", signed_connection, {}, options={"keep_groups_when_missing": True}),
    GroupRow("hasgroups, no secret", oidc_connection, {"hasgroups": True}, before=(OPS,)),
    GroupRow("hasgroups as text, no secret", oidc_connection, {"hasgroups": "true"}, before=(OPS,)),
    GroupRow("hasgroups", oidc_connection, {"hasgroups": True}, ("Dev",), ("Ops",), (OPS,), SECRET, (DEV.upper(),)),
    GroupRow("claims elsewhere", oidc_connection, ELSEWHERE, ("Dev", "Sec"), (), (OPS,), SECRET, (OPS, DEV, SEC)),
    GroupRow("claims elsewhere, no secret", oidc_connection, ELSEWHERE, before=(OPS,)),
    GroupRow("Graph is down", oidc_connection, ELSEWHERE, before=(OPS,), options=SECRET, graph="down"),
    GroupRow("groups.link", entra_saml, {GROUPS_LINK: "https://graph.windows.net/x"}, before=None),
    GroupRow("exactly 100 of Okta", signed_connection, {"groups": ["Dev", *GUIDS[:99]]}, ("Dev",)),
    GroupRow("99 of Okta", signed_connection, {"groups": ["Dev", *GUIDS[:98]]}, ("Dev",), ("Ops",)),
    GroupRow("200 of Entra", oidc_connection, {"groups": GUIDS}, ("Dev", "Sec"), (), (OPS,)),
    GroupRow(
        "a vendor without groups", signed_connection, {"groups": ["Ops"]}, before=None, options={"vendor": "other"}
    ),
]


@pytest.mark.parametrize("row", GROUP_TABLE, ids=lambda row: row.title)
def test_on_every_row_of_the_group_table(row: GroupRow, cast: Cast, web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    def said(*_: object) -> tuple[str, ...]:
        if row.graph == "down":
            raise graph.GraphUnavailable("Microsoft Graph did not answer.")
        assert row.graph is not None, "Microsoft Graph was asked"
        return tuple(row.graph)

    monkeypatch.setattr(graph, "member_group_ids", said)
    by_guid = row.connect is oidc_connection
    for name, guid in (("Ops", OPS), ("Dev", DEV), ("Sec", SEC)):
        mapped_group(cast.acme, name, guid if by_guid else name)
    connection = row.connect(cast.acme, **row.options or {})
    dana = {"email": "dana@acme.example"}
    if row.before is not None:
        assert agreed(connection, web, {**dana, "groups": list(row.before)}).joined == ("Ops",)
        connection.refresh_from_db()
    if row.graph == "down":
        attributes, log_in = by_oidc(connection, web, {**dana, **row.given})
        would_be = tried(connection, attributes)
        log_in()
        assert would_be.decisions[:-1] == done().decisions
        assert "did not answer" in would_be.decisions[-1]
        return
    was = agreed(connection, web, {**dana, **row.given})
    assert (was.joined, was.left) == (row.joined, row.left)


NAMES = st.sampled_from(
    ["Trial", "trial", "DevOps", "QA", "Atlantis", "", " QA ", "Space Admin", "Space Member", "None"]
)
WORDS = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=20)
LISTS = st.one_of(NAMES, st.lists(NAMES, min_size=1, max_size=4).map(",".join), st.lists(NAMES | WORDS, max_size=4))
EMAILS = st.sampled_from(
    ["dana@acme.example", "PETRA@acme.example", "bob@acme.example", "eve@elsewhere.example", "no address"]
)
PERSONS = st.fixed_dictionaries(
    {"email": EMAILS},
    optional={
        "space_name": LISTS,
        "space_role": LISTS,
        "groups": st.lists(st.sampled_from(["Ops", "Dev", "Chess", "ops", " Dev"]), max_size=5),
        "timezone": st.sampled_from(["Europe/Paris", "Mars", ""]),
        "firstName": WORDS,
        "account_role": st.sampled_from(["Account Admin", "Account Member", "King"]),
    },
)
POLICIES = st.sampled_from(["first", "contact", "everything"])


@pytest.mark.parametrize("protocol", PROTOCOLS)
@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(logins=st.lists(PERSONS, min_size=1, max_size=3), policy=POLICIES, just_in_time=st.sampled_from(["on", "off"]))
def test_on_attributes_at_random(
    cast: Cast, web: Web, protocol: str, logins: list[Given], policy: str, just_in_time: str
) -> None:
    connect, _ = PROTOCOLS[protocol]
    with transaction.atomic():
        for name in ("Ops", "Dev"):
            mapped_group(cast.acme, name, name)
        connection = connect(cast.acme, update_policy=policy, just_in_time=just_in_time, remove_unmapped_spaces=True)
        for attributes in logins:
            agreed(connection, web, attributes)
            connection.refresh_from_db()
        transaction.set_rollback(True)

"""Groups at login, from the claims to the memberships: each row of the table in `protocol.md` section 9."""

from itertools import permutations

import pytest

from accounts import tasks
from accounts.audit.audit import OPERATOR
from accounts.connections.provider import graph
from accounts.groups import groups
from accounts.groups import members as group_members
from accounts.models import AuditEntry, Connection, ExternalIdentity, GroupMembership, User
from tests.conftest import LogIn
from tests.support.cast import Cast
from tests.support.factories import OID, TENANT, claims, mapped_group, oidc_connection, put_in, saml_connection

pytestmark = pytest.mark.django_db
GUID = "0c6a7e0e-5d0c-4a43-9a53-0c6f0e6a1f99"


@pytest.fixture
def okta(cast: Cast) -> Connection:
    for name in ("Ops", "Dev", "Sec"):
        mapped_group(cast.acme, name, name)
    return saml_connection(cast.acme)


def groups_of(user: User) -> set[str]:
    return set(GroupMembership.objects.filter(user=user).values_list("group__name", flat=True))


def after(log_in: LogIn, connection: Connection, *logins: dict) -> set[str]:
    for values in logins:
        user = log_in(claims(connection, **values), connection).user
    return groups_of(user)


def test_a_list_assigns_and_unassigns(okta: Connection, log_in: LogIn) -> None:
    assert after(log_in, okta, {"group_ids": ("Ops", "Dev")}, {"group_ids": ("Dev", "Sec")}) == {"Dev", "Sec"}


def test_an_empty_list_unassigns_all(okta: Connection, log_in: LogIn) -> None:
    assert after(log_in, okta, {"group_ids": ("Ops",)}, {"group_ids": ()}) == set()


def test_a_missing_claim_that_was_never_seen_changes_nothing(okta: Connection, log_in: LogIn) -> None:
    done = log_in(claims(okta, group_ids=None), okta)
    put_in(done.user, okta.account.group_set.get(name="Ops"))
    assert after(log_in, okta, {"group_ids": None}) == {"Ops"}
    assert any("none ever have" in sentence for sentence in done.record.decisions)


def test_a_missing_claim_that_was_seen_before_unassigns_all_and_is_shown(okta: Connection, log_in: LogIn) -> None:
    log_in(claims(okta, group_ids=("Ops",)), okta)
    done = log_in(claims(okta, group_ids=None), okta)
    assert groups_of(done.user) == set()
    assert any("read as being in no group" in sentence for sentence in done.record.decisions)


def test_a_missing_claim_keeps_groups_where_the_connection_says_so(okta: Connection, log_in: LogIn) -> None:
    okta.keep_groups_when_missing = True
    okta.save()
    assert after(log_in, okta, {"group_ids": ("Ops",)}, {"group_ids": None}) == {"Ops"}


def test_exactly_one_hundred_from_okta_unassign_nobody(okta: Connection, log_in: LogIn) -> None:
    hundred = ("Dev", *(f"other-{number}" for number in range(99)))
    assert after(log_in, okta, {"group_ids": ("Ops",)}, {"group_ids": hundred}) == {"Ops", "Dev"}


def test_overage_without_a_secret_changes_nothing_and_is_shown(cast: Cast, log_in: LogIn) -> None:
    mapped_group(cast.acme, "Ops", GUID)
    entra = oidc_connection(cast.acme)
    log_in(claims(entra, group_ids=(GUID,)), entra)
    done = log_in(claims(entra, groups_overage=True), entra)
    assert groups_of(done.user) == {"Ops"}
    assert any("no client secret" in sentence for sentence in done.record.decisions)


KEY = {"client_auth": "private_key", "sp_private_key": "a key", "sp_certificate": "its certificate"}


@pytest.mark.parametrize("credential", [{"client_secret": "s"}, KEY], ids=["secret", "key"])
def test_overage_with_a_credential_is_read_from_graph(
    cast: Cast, log_in: LogIn, monkeypatch: pytest.MonkeyPatch, credential: dict[str, str]
) -> None:
    monkeypatch.setattr(graph, "member_group_ids", lambda connection, subject: (GUID.upper(),))
    mapped_group(cast.acme, "Ops", GUID)
    entra = oidc_connection(cast.acme, **credential)
    assert after(log_in, entra, {"groups_overage": True, "subject": f"{TENANT}/{OID}"}) == {"Ops"}


def test_graph_down_keeps_groups_and_the_sweep_tries_again(
    cast: Cast, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(connection: Connection, subject: str) -> tuple[str, ...]:
        raise graph.GraphUnavailable("Microsoft Graph did not answer.")

    mapped_group(cast.acme, "Ops", GUID)
    entra = oidc_connection(cast.acme, client_secret="s3cret")
    log_in(claims(entra, group_ids=(GUID,)), entra)
    monkeypatch.setattr(graph, "member_group_ids", down)
    user = log_in(claims(entra, groups_overage=True), entra).user
    assert groups_of(user) == {"Ops"}
    monkeypatch.setattr(graph, "member_group_ids", lambda connection, subject: ())
    assert tasks.sweep()["groups_synced"] == 1
    assert groups_of(user) == set()


def test_groups_without_an_identifier_are_left_alone(cast: Cast, okta: Connection, log_in: LogIn) -> None:
    plain, _ = groups.create_group(cast.acme, "Plain", acting=OPERATOR)
    user = log_in(claims(okta, group_ids=("Ops", "Plain")), okta).user
    group_members.add_member(plain, user, acting=OPERATOR)
    assert after(log_in, okta, {"group_ids": ()}) == {"Plain"}


def test_a_member_added_by_hand_to_a_mapped_group_is_not_taken_out(okta: Connection, log_in: LogIn) -> None:
    user = log_in(claims(okta, group_ids=("Ops",)), okta).user
    put_in(user, okta.account.group_set.get(name="Sec"))
    assert after(log_in, okta, {"group_ids": ()}) == {"Sec"}


def test_a_password_user_in_a_mapped_group_is_left_alone(cast: Cast, okta: Connection, log_in: LogIn) -> None:
    group_members.add_member(okta.account.group_set.get(name="Ops"), cast.bob, acting=OPERATOR)
    log_in(claims(okta, group_ids=()), okta)
    assert groups_of(cast.bob) == {"Ops"}


def test_a_vendor_that_delivers_no_groups_changes_nothing(cast: Cast, okta: Connection, log_in: LogIn) -> None:
    other = saml_connection(cast.acme, vendor="other")
    assert after(log_in, other, {"group_ids": ("Ops",)}) == set()


def test_another_vendor_delivers_groups_once_its_attribute_is_named(
    cast: Cast, okta: Connection, log_in: LogIn
) -> None:
    other = saml_connection(cast.acme, vendor="other", attribute_names={"groups": "memberOf"})
    assert after(log_in, other, {"group_ids": ("Ops",)}) == {"Ops"}


def test_an_identifier_that_was_cleared_keeps_members_and_syncs_no_more(okta: Connection, log_in: LogIn) -> None:
    log_in(claims(okta, group_ids=("Ops",)), okta)
    ops = okta.account.group_set.get(name="Ops")
    ops.idp_identifier = ""
    ops.save()
    assert after(log_in, okta, {"group_ids": ()}) == {"Ops"}


def test_what_another_connection_of_the_person_gives_is_not_taken_away(
    cast: Cast, okta: Connection, log_in: LogIn
) -> None:
    second = saml_connection(cast.acme)
    log_in(claims(okta, group_ids=("Ops",)), okta)
    ExternalIdentity.objects.create(
        account=cast.acme, connection=second, user=User.objects.get(email="dana@acme.example"), subject="d2", issuer="x"
    )
    assert after(log_in, second, {"subject": "d2", "group_ids": ("Dev",)}) == {"Ops", "Dev"}


@pytest.mark.parametrize("order", list(permutations(range(3))), ids=str)
def test_tasks_of_three_logins_end_in_the_latest_state_in_any_order(
    cast: Cast, okta: Connection, order: tuple[int, ...], django_capture_on_commit_callbacks
) -> None:
    from accounts.sso.login.complete import complete_login

    with django_capture_on_commit_callbacks() as waiting:
        for ids in (("Ops",), ("Ops", "Dev"), ("Dev", "Sec")):
            user = complete_login(claims(okta, group_ids=ids), okta).user
    for position in order:
        waiting[position]()
    assert groups_of(user) == {"Dev", "Sec"}


def test_a_task_delivered_five_times_writes_one_audit_entry(okta: Connection, log_in: LogIn) -> None:
    done = log_in(claims(okta, group_ids=("Ops",)), okta)
    for _ in range(5):
        tasks.sync_groups_after_login(str(done.record.identity_id))
    assert AuditEntry.objects.filter(action="user.groups-synced").count() == 1


def test_the_log_line_of_the_public_description_names_the_group_ids(
    cast: Cast, log_in: LogIn, caplog: pytest.LogCaptureFixture
) -> None:
    entra = oidc_connection(cast.acme)
    with caplog.at_level("INFO"):
        log_in(claims(entra, group_ids=(GUID,)), entra)
    line = next(r.getMessage() for r in caplog.records if "Valid login through AzureAD Idp detected" in r.getMessage())
    assert GUID in line


def test_charlie_is_never_touched_by_a_group_id_of_his_account(cast: Cast, okta: Connection, log_in: LogIn) -> None:
    theirs = mapped_group(cast.globex, "Globex Ops", "GlobexOps")
    user = log_in(claims(okta, group_ids=("GlobexOps",)), okta).user
    assert groups_of(user) == set()
    assert not theirs.memberships.exists()

"""A login adds nobody to a group that gives more than an account admin allowed for its connection."""

from collections.abc import Callable

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext

from accounts.audit.audit import OPERATOR
from accounts.connections.agreed_permissions import allow_permissions
from accounts.connections.provider import graph
from accounts.groups import sync as group_sync
from accounts.groups.groups import create_group, update_group
from accounts.models import Connection, Group, GroupMembership, LoginRecord, User
from accounts.permissions import ACCOUNT_ADMIN, Permission
from accounts.sso.login.preview import preview_login
from accounts.users import users
from tests.conftest import LogIn
from tests.support.cast import Cast
from tests.support.factories import OID, claims, known_at, oidc_connection, put_in, saml_connection

pytestmark = pytest.mark.django_db
SENTENCE = (
    "Group 'Admins' gives Manage Roles, Manage Single Sign-On, Manage Spaces, Manage Users, View Audit Log, which no"
    " account admin has allowed for connection 'Okta'. Allow it on the connection's User access page."
)


@pytest.fixture
def okta(cast: Cast) -> Connection:
    """Made after the group was mapped, so nobody has agreed to anything."""
    return saml_connection(cast.acme, name="Okta")


@pytest.fixture
def admins(cast: Cast) -> Group:
    role = users.role_named(cast.acme, ACCOUNT_ADMIN)
    return create_group(cast.acme, "Admins", acting=OPERATOR, idp_identifier="G1", account_role=role)[0]


def groups_of(user: User) -> set[str]:
    return set(GroupMembership.objects.filter(user=user).values_list("group__name", flat=True))


def test_what_was_not_agreed_to_is_left_out_and_shown(admins: Group, okta: Connection, log_in: LogIn) -> None:
    done = log_in(claims(okta, group_ids=("G1",)), okta)
    assert groups_of(done.user) == set()
    assert SENTENCE in done.record.decisions


def test_a_group_without_permissions_needs_no_agreement(
    cast: Cast, admins: Group, okta: Connection, log_in: LogIn
) -> None:
    create_group(cast.acme, "Devs", acting=OPERATOR, idp_identifier="G2")
    assert groups_of(log_in(claims(okta, group_ids=("G1", "G2")), okta).user) == {"Devs"}


def test_what_was_agreed_to_is_given(admins: Group, okta: Connection, log_in: LogIn) -> None:
    allow_permissions(okta, [*Permission], acting=OPERATOR)
    done = log_in(claims(okta, group_ids=("G1",)), okta)
    assert groups_of(done.user) == {"Admins"}
    assert not [one for one in done.record.decisions if "no account admin" in one]


def test_a_part_of_it_is_not_enough(admins: Group, okta: Connection, log_in: LogIn) -> None:
    allow_permissions(okta, [one for one in Permission if one != Permission.MANAGE_SSO], acting=OPERATOR)
    done = log_in(claims(okta, group_ids=("G1",)), okta)
    assert groups_of(done.user) == set()
    assert any("gives Manage Single Sign-On, which no account admin" in one for one in done.record.decisions)


def test_who_is_in_it_stays_while_the_provider_says_so(admins: Group, okta: Connection, log_in: LogIn) -> None:
    user = log_in(claims(okta, group_ids=()), okta).user
    put_in(user, admins, okta)
    log_in(claims(okta, group_ids=("G1",)), okta)
    assert groups_of(user) == {"Admins"}


def test_who_is_not_named_any_more_is_taken_out_as_ever(admins: Group, okta: Connection, log_in: LogIn) -> None:
    user = log_in(claims(okta, group_ids=()), okta).user
    put_in(user, admins, okta)
    log_in(claims(okta, group_ids=("G9",)), okta)
    assert groups_of(user) == set()


def test_a_role_that_grows_is_not_agreed_to(cast: Cast, okta: Connection, log_in: LogIn) -> None:
    role = cast.acme.accountrole_set.create(name="Helpdesk", permissions=["Manage Users"])
    create_group(cast.acme, "Admins", acting=OPERATOR, idp_identifier="G1", account_role=role)
    role.permissions = [*Permission]
    role.save()
    okta.refresh_from_db()
    assert groups_of(log_in(claims(okta, group_ids=("G1",)), okta).user) == set()


def test_one_connection_does_not_speak_for_what_was_agreed_to_of_another(
    cast: Cast, admins: Group, okta: Connection, log_in: LogIn
) -> None:
    """The partner's identity provider names the admins' group; the company's, which may give it, does not."""
    partner = saml_connection(cast.acme, name="Partner")
    allow_permissions(okta, [*Permission], acting=OPERATOR)
    known_at(partner, cast.bob, "G1")
    identity = known_at(okta, cast.bob)
    log_in(claims(okta, subject=identity.subject, email="bob@acme.example", group_ids=("G5",)), okta)
    assert groups_of(cast.bob) == set()
    log_in(claims(okta, subject=identity.subject, email="bob@acme.example", group_ids=("G1",)), okta)
    assert groups_of(cast.bob) == {"Admins"}


def test_what_if_leaves_it_out_too(admins: Group, okta: Connection) -> None:
    preview = preview_login(okta, {"email": ["dana@acme.example"], "groups": ["G1"]})
    assert preview.groups_joined == ()
    assert SENTENCE in preview.decisions


def test_a_list_read_from_microsoft_graph_is_shown_in_the_login_record(
    cast: Cast, admins: Group, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    update_group(admins, {"idp_identifier": OID}, acting=OPERATOR)
    entra = oidc_connection(cast.acme, name="Okta", client_secret="x")
    monkeypatch.setattr(graph, "member_group_ids", lambda *_: (OID,))
    done = log_in(claims(entra, groups_overage=True), entra)
    assert groups_of(done.user) == set()
    assert SENTENCE in LoginRecord.objects.get(pk=done.record.pk).decisions


def test_it_costs_no_more_queries(
    cast: Cast, admins: Group, okta: Connection, django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    identity = known_at(okta, cast.bob, "G1")
    identity.login_sequence = 1
    identity.save()
    with CaptureQueriesContext(database) as queries:
        group_sync.sync_idp_groups(identity.pk)
    assert len([one for one in queries if "SAVEPOINT" not in one["sql"]]) <= 6


def test_an_identifier_set_by_an_account_admin_is_followed(cast: Cast, okta: Connection, log_in: LogIn) -> None:
    role = users.role_named(cast.acme, ACCOUNT_ADMIN)
    group, _ = create_group(cast.acme, "Admins", acting=OPERATOR, account_role=role)
    update_group(group, {"idp_identifier": "G1"}, acting=OPERATOR)
    okta.refresh_from_db()
    assert groups_of(log_in(claims(okta, group_ids=("G1",)), okta).user) == {"Admins"}

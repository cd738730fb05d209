"""For whom a connection speaks, and which e-mail domains are not its own."""

from importlib import import_module
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.apps import apps

from accounts import migrations
from accounts.audit.audit import OPERATOR
from accounts.connections import connections
from accounts.connections import scope as connection_scope
from accounts.connections.moving import moves
from accounts.connections.scope import ForeignDomain, Ties, foreign_domain, speaks_for
from accounts.models import AuditEntry, User
from accounts.models.identity import ConnectionState
from accounts.provisioning.provisioning import UserRecord
from accounts.users import users
from accounts.users.protection import Protected
from tests.support import changing
from tests.support.cast import Cast
from tests.support.factories import known_at, saml_connection
from tests.support.partnership import Partnership, provisioning_of

OURS, THEIRS = UUID(int=1), UUID(int=2)
MIGRATIONS = Path(*migrations.__path__)


@pytest.mark.parametrize(
    ("ties", "is_only", "speaks"),
    [
        (Ties(provisioned_by=OURS), False, True),
        (Ties(provisioned_by=THEIRS), False, False),
        (Ties(provisioned_by=THEIRS), True, False),
        (Ties(provisioned_by=THEIRS, identities=frozenset([OURS])), False, False),
        (Ties(provisioned_by=THEIRS, domain=frozenset([OURS])), False, False),
        (Ties(), True, True),
        (Ties(), False, False),
        (Ties(identities=frozenset([OURS])), False, True),
        (Ties(identities=frozenset([THEIRS])), False, False),
        (Ties(domain=frozenset([OURS, THEIRS])), False, True),
        (Ties(domain=frozenset([THEIRS])), False, False),
        (Ties(identities=frozenset([OURS]), domain=frozenset([THEIRS])), False, True),
    ],
)
def test_a_connection_speaks_for_its_own_people(ties: Ties, is_only: bool, speaks: bool) -> None:
    assert speaks_for(OURS, ties, is_only=is_only) is speaks


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("addresses", "found"),
    [
        (["ceo@acme.example"], ForeignDomain("acme.example", ("Company",))),
        (["CEO@ACME.example."], ForeignDomain("acme.example", ("Company",))),
        (["pat@partner.example", "ceo@acme.example"], ForeignDomain("acme.example", ("Company",))),
        (["pat@partner.example"], None),
        (["x@nobody.example"], None),
        (["x@unknown.example"], None),
        (["pat", "", "x@gmail.com", "x@"], None),
    ],
)
def test_a_domain_of_another_connection_is_foreign(
    partnership: Partnership, cast: Cast, addresses: list[str], found: ForeignDomain | None
) -> None:
    assert foreign_domain(cast.acme.pk, partnership.partner.pk, addresses) == found


@pytest.mark.django_db
def test_a_domain_that_only_a_draft_has_is_not_foreign(partnership: Partnership, cast: Cast) -> None:
    partnership.company.state = ConnectionState.DRAFT
    partnership.company.save()
    assert foreign_domain(cast.acme.pk, partnership.partner.pk, ["ceo@acme.example"]) is None


@pytest.mark.django_db
def test_another_accounts_domain_is_not_foreign_but_unknown(partnership: Partnership, cast: Cast) -> None:
    assert foreign_domain(cast.globex.pk, uuid4(), ["ceo@acme.example"]) is None


@pytest.mark.django_db
def test_a_person_who_signed_in_through_the_connection_is_its_own(partnership: Partnership, cast: Cast) -> None:
    connection_scope.check_speaks_for(cast.bob, provisioning_of(partnership.company))
    with pytest.raises(Protected, match="provisioned by no connection, has not signed in through this one"):
        connection_scope.check_speaks_for(cast.bob, provisioning_of(partnership.partner))
    known_at(partnership.partner, cast.bob)
    connection_scope.check_speaks_for(cast.bob, provisioning_of(partnership.partner))


@pytest.mark.django_db
def test_people_of_a_deleted_connection_are_nobodys(partnership: Partnership, cast: Cast) -> None:
    User.objects.filter(pk=cast.bob.pk).update(provisioned_by=partnership.partner.pk)
    bob = User.objects.get(pk=cast.bob.pk)
    with pytest.raises(
        Protected, match=r"is provisioned by connection 'Partner'\. Use a token of connection 'Partner'"
    ):
        connection_scope.check_speaks_for(bob, provisioning_of(partnership.company))
    connections.disable(partnership.partner, acting=OPERATOR)
    connections.delete_connection(partnership.partner, acting=OPERATOR)
    connection_scope.check_speaks_for(bob, provisioning_of(partnership.company))


@pytest.mark.django_db
def test_who_is_left_behind_is_not_inherited_by_the_last_connection(partnership: Partnership, cast: Cast) -> None:
    company = partnership.company.pk
    connections.disable(partnership.company, acting=OPERATOR)
    connections.delete_connection(partnership.company, acting=OPERATOR)
    assert set(User.objects.in_account(cast.acme).values_list("provisioned_by", flat=True)) == {company}
    assert set(User.objects.in_account(cast.globex).values_list("provisioned_by", flat=True)) == {None}


@pytest.mark.django_db
def test_after_the_only_connection_people_are_free_for_the_next(cast: Cast) -> None:
    only = saml_connection(cast.acme, state=ConnectionState.DISABLED)
    connections.delete_connection(only, acting=OPERATOR)
    assert set(User.objects.in_account(cast.acme).values_list("provisioned_by", flat=True)) == {None}


@pytest.mark.django_db
def test_a_connection_takes_charge_of_a_person_it_speaks_for(partnership: Partnership, cast: Cast) -> None:
    same = UserRecord(cast.petra.user_name, emails=(cast.petra.email,))
    acting = provisioning_of(partnership.company)
    petra = changing.revise(cast.petra.pk, cast.acme, same, acting=acting)
    assert petra.provisioned_by == partnership.company.pk
    assert AuditEntry.objects.latest("at").changes == {"provisioned_by": [None, "'Company'"]}


@pytest.mark.django_db
def test_where_there_is_one_connection_the_same_values_are_no_change(cast: Cast) -> None:
    acting = provisioning_of(saml_connection(cast.acme), is_only=True)
    same = UserRecord(cast.petra.user_name, emails=(cast.petra.email,))
    petra = changing.revise(cast.petra.pk, cast.acme, same, acting=acting)
    assert (petra.provisioned_by, petra.version) == (None, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("changed", [{"external_id": "00u1"}, {"user_name": "petra.p"}])
def test_names_stored_by_no_connection_are_no_connections(
    partnership: Partnership, cast: Cast, changed: dict[str, str]
) -> None:
    own = UserRecord(cast.petra.user_name, emails=(cast.petra.email,))
    changing.revise(cast.petra.pk, cast.acme, own, acting=provisioning_of(partnership.company))
    record = UserRecord(**{**own.__dict__, **changed})
    petra = changing.revise(cast.petra.pk, cast.acme, record, acting=provisioning_of(None))
    assert petra.provisioned_by is None


@pytest.mark.django_db
def test_the_upgrade_gives_provisioned_people_to_the_only_connection(partnership: Partnership, cast: Cast) -> None:
    only = saml_connection(cast.globex)
    saml_connection(cast.globex, state=ConnectionState.DRAFT)
    gina = users.provision_pending(cast.globex, "gina@globex.example", acting=OPERATOR)
    (name,) = (path.stem for path in MIGRATIONS.glob("*_people_of_a_connection.py"))
    import_module(f"accounts.migrations.{name}").give_people_to_the_only_connection(apps, None)
    found = dict(User.objects.exclude(provisioned_by=None).values_list("pk", "provisioned_by"))
    assert found == {gina.pk: only.pk}


def test_in_a_move_the_target_speaks_for_the_sources_people(cast: Cast) -> None:
    okta, entra = saml_connection(cast.acme), saml_connection(cast.acme)
    User.objects.filter(pk=cast.petra.pk).update(provisioned_by=okta.pk)
    cast.petra.refresh_from_db()
    with pytest.raises(Protected, match="is provisioned by connection"):
        connection_scope.check_speaks_for(cast.petra, provisioning_of(entra))
    known_at(okta, cast.petra)
    move = moves.start_move(okta, entra, includes_privileged=True, acting=OPERATOR)
    connection_scope.check_speaks_for(cast.petra, provisioning_of(entra))
    connection_scope.check_speaks_for(cast.petra, provisioning_of(okta))
    moves.finish_move(move, acting=OPERATOR)
    with pytest.raises(Protected, match="is provisioned by connection"):
        connection_scope.check_speaks_for(cast.petra, provisioning_of(entra))


def test_in_a_move_people_of_other_domains_stay_the_sources(cast: Cast) -> None:
    okta, entra = saml_connection(cast.acme), saml_connection(cast.acme)
    known_at(okta, cast.petra)
    User.objects.filter(pk=cast.bob.pk).update(provisioned_by=okta.pk, email="bob@elsewhere.example")
    moves.start_move(okta, entra, includes_privileged=True, acting=OPERATOR)
    with pytest.raises(Protected, match="is provisioned by connection"):
        connection_scope.check_speaks_for(User.objects.get(pk=cast.bob.pk), provisioning_of(entra))

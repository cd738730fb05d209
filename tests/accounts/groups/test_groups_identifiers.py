"""Identifiers seen in logins, and what saving one does at the next logins."""

import pytest

from accounts.audit.audit import OPERATOR
from accounts.groups import groups
from accounts.groups.groups import SeenIdentifier, effect_of, seen_identifiers
from accounts.models import Connection, User
from accounts.models.identity import ConnectionState
from accounts.models.user import UserState
from accounts.users import users
from tests.conftest import LogIn
from tests.support.cast import Cast
from tests.support.factories import claims, known_at, mapped_group, put_in, saml_connection

pytestmark = pytest.mark.django_db
GUID = "0c6a7e0e-5d0c-4a43-9a53-0c6f0e6a1f99"


@pytest.fixture
def okta(cast: Cast) -> Connection:
    return saml_connection(cast.acme, name="Okta")


def somebody(cast: Cast, name: str) -> User:
    return users.provision_pending(cast.acme, f"{name}@acme.example", acting=OPERATOR, first_name=name.title())


def test_most_carried_come_first_and_mapped_ones_are_left_out(cast: Cast, okta: Connection) -> None:
    mapped_group(cast.acme, "Mapped", GUID.upper())
    known_at(okta, cast.bob, "Dev", GUID)
    known_at(okta, cast.petra, "Dev", "Sec")
    assert seen_identifiers(cast.acme) == [SeenIdentifier("Dev", 2), SeenIdentifier("Sec", 1)]
    assert seen_identifiers(cast.acme, most=1) == [SeenIdentifier("Dev", 2)]


def test_a_person_of_two_connections_counts_once(cast: Cast, okta: Connection) -> None:
    known_at(okta, cast.bob, "Dev")
    known_at(saml_connection(cast.acme), cast.bob, "Dev")
    assert seen_identifiers(cast.acme) == [SeenIdentifier("Dev", 1)]


def test_of_a_large_account_the_latest_logins_are_looked_at(
    cast: Cast, okta: Connection, log_in: LogIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(groups, "LOOKED_AT", 1)
    known_at(okta, cast.bob, "never logged in since")
    log_in(claims(okta, group_ids=("Dev",)), okta)
    assert [one.identifier for one in seen_identifiers(cast.acme)] == ["Dev"]


def test_leavers_dead_connections_and_other_accounts_do_not_count(cast: Cast, okta: Connection) -> None:
    known_at(okta, cast.bob, "Dev")
    User.objects.filter(pk=cast.bob.pk).update(state=UserState.DEPROVISIONED)
    known_at(saml_connection(cast.acme, state=ConnectionState.DISABLED), cast.petra, "Sec")
    known_at(saml_connection(cast.globex), cast.charlie, "Ops")
    assert seen_identifiers(cast.acme) == []


def test_a_real_login_is_seen_and_its_guid_in_one_spelling(cast: Cast, okta: Connection, log_in: LogIn) -> None:
    log_in(claims(okta, group_ids=(GUID.upper(), "Dev")), okta)
    assert {one.identifier for one in seen_identifiers(cast.acme)} == {GUID, "Dev"}


def test_an_effect_names_who_comes_and_who_goes(cast: Cast, okta: Connection) -> None:
    group = mapped_group(cast.acme, "Ops", "ops")
    erik, fatima = somebody(cast, "erik"), somebody(cast, "fatima")
    known_at(okta, erik, "ops")
    put_in(erik, group, okta)
    known_at(okta, fatima, GUID)
    put_in(cast.bob, group)
    effect = effect_of(cast.acme, f" {GUID.upper()} ", group)
    assert (effect.added, effect.removed) == (1, 1)
    assert (effect.added_names, effect.removed_names) == (("Fatima",), ("Erik",))


def test_what_the_effect_says_is_what_the_next_logins_do(cast: Cast, okta: Connection, log_in: LogIn) -> None:
    group = mapped_group(cast.acme, "Ops", "ops")
    logins = [
        claims(okta, group_ids=("ops",)),
        claims(okta, email="erik@acme.example", subject="e", group_ids=("dev",)),
    ]
    for one in logins:
        log_in(one, okta)
    effect = effect_of(cast.acme, "dev", group)
    groups.update_group(group, {"idp_identifier": "dev"}, acting=OPERATOR)
    for one in logins:
        log_in(claims(okta, email=one.email, subject=one.subject, group_ids=one.group_ids), okta)
    assert (effect.added, effect.removed) == (1, 1)
    assert [str(user) for user in group.members.all()] == ["erik@acme.example"]


def test_who_was_put_in_by_hand_or_has_no_login_to_come_is_not_removed(cast: Cast, okta: Connection) -> None:
    group = mapped_group(cast.acme, "Ops", "ops")
    known_at(okta, cast.petra, "ops")
    put_in(cast.petra, group)
    put_in(cast.bob, group, okta)
    assert effect_of(cast.acme, "dev", group).removed == 0


def test_clearing_or_keeping_an_identifier_moves_nobody(cast: Cast, okta: Connection) -> None:
    group = mapped_group(cast.acme, "Ops", "ops")
    known_at(okta, cast.petra, "ops")
    put_in(cast.petra, group, okta)
    assert effect_of(cast.acme, "", group).removed == 0
    assert effect_of(cast.acme, "ops", group).added == 0


def test_a_new_group_is_joined_by_all_who_carry_it(cast: Cast, okta: Connection) -> None:
    known_at(okta, cast.petra, "dev")
    assert effect_of(cast.acme, "dev").added_names == ("petra@acme.example",)


@pytest.mark.parametrize("odd", ["'; DROP TABLE x", '["a"]', "%", "é" * 200, "Dev"])
def test_odd_identifiers_are_only_text(cast: Cast, okta: Connection, odd: str) -> None:
    known_at(okta, cast.petra, odd, "dev")
    assert effect_of(cast.acme, odd).added == 1

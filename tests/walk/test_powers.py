"""Every verb of every page, for each actor and each target: who acts on whom, always by effective permissions."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from django.db import transaction

from accounts.audit.audit import OPERATOR
from accounts.models import Account, AuditEntry, User
from accounts.permissions import ACCOUNT_ADMIN, Permission
from accounts.rights import account_permissions
from accounts.users import users
from tests.walk import powers
from tests.walk.asking import World, send
from tests.walk.objects import PASSWORD
from tests.walk.powers import ALL, Act
from tests.walk.routes import every_route
from tests.walk.rows import PUBLIC
from tests.walk.table import TABLE

AUDITS = str(Permission.VIEW_AUDIT_LOG)
ACTORS = [frozenset[str](), *(frozenset([str(permission)]) for permission in Permission), ALL]
CHANGING = {"POST", "PUT", "PATCH", "DELETE"}
ROUTES = {route.key: route for route in every_route()}


def test_every_address_that_changes_something_has_a_row() -> None:
    changing = {key for key, row in TABLE.items() if row.who != PUBLIC and not CHANGING.isdisjoint(row.methods)}
    known = {key for table in powers.EVERY_TABLE for key in table}
    assert changing - known == set(), "say in tests/walk/powers.py whom or what these act on"
    assert known - changing == set()


def person(account: Account, name: str, **profile: Any) -> User:
    return users.create_password_user(account, f"the-{name}@acme.example", PASSWORD, acting=OPERATOR, **profile)


def people(account: Account) -> dict[str, User]:
    """Targets, each with the permissions that its name says."""
    admin = users.role_named(account, ACCOUNT_ADMIN)
    made = {
        name: users.create_password_user(
            account, f"the-{name}@acme.example", PASSWORD, acting=OPERATOR, account_role=role
        )
        for name, role in {
            "member": users.role_named(account, "Account Member"),
            "one-by-role": powers.role_with(account, AUDITS),
            "admin-by-role": admin,
        }.items()
    }
    for name, held in {"one-by-group": [AUDITS], "admin-by-group": sorted(ALL)}.items():
        made[name] = person(account, name)
        powers.group_with(account, *held, members=(made[name],))
    made["pending-admin"] = users.provision_pending(account, "pa@acme.example", acting=OPERATOR, account_role=admin)
    return made


def is_done(world: World, key: str, act: Act, target: Any, actor: User) -> bool:
    """Whether the actor's request is written down in the audit log; nothing of it lasts."""
    entrance = world.entrance(actor)
    with transaction.atomic():
        asked = act(target)
        before = _written()
        answer = send(
            powers.METHODS.get(key, "POST"), ROUTES[key].address(**asked.parts), TABLE[key], entrance, asked.fields
        )
        assert answer.status_code < 500
        done = _written() > before
        transaction.set_rollback(True)
    return done


def _written() -> int:
    return AuditEntry.objects.exclude(action="user.protected").count()


def may_use(key: str, held: frozenset[str]) -> bool:
    """Whether somebody with these permissions may use the address for more than their own."""
    if key in powers.BEYOND_ONES_OWN:
        return powers.BEYOND_ONES_OWN[key] in (None, *held)
    return not held.isdisjoint(TABLE[key].who)


def wrong_answers(
    world: World, acts: Mapping[str, Act], targets: Mapping[str, Any], permissions_of: Callable[[Any], set[str]]
) -> Iterator[str]:
    """A line for each answer that is not: done, where the actor may use the page and has all that the target has."""
    for held in ACTORS:
        actor = world.person(held)
        for key, act in acts.items():
            may_use_page = may_use(key, held)
            for name, target in targets.items():
                if name.startswith("pending") and key in powers.NOT_FOR_PENDING:
                    continue
                expected = may_use_page and permissions_of(target) <= held
                if is_done(world, key, act, target, actor) != expected:
                    found = "refused" if expected else "DONE"
                    yield f"{key} on {name} by somebody with {', '.join(sorted(held)) or 'nothing'}: {found}"


def test_nobody_acts_on_a_user_with_more_permissions(world: World) -> None:
    assert not list(wrong_answers(world, powers.ON_A_USER, people(world.ours.account), account_permissions))


GIVEN = [(), (AUDITS,), (str(Permission.MANAGE_USERS),), tuple(sorted(ALL))]


def test_nobody_acts_on_a_group_that_gives_more(world: World) -> None:
    member, account = world.ours.member, world.ours.account
    targets = {f"giving {held}": powers.group_with(account, *held, members=(member,)) for held in GIVEN if held}
    found = wrong_answers(world, powers.ON_A_GROUP, targets, lambda group: set(group.account_role.permissions))
    assert not list(found)


def test_nobody_gives_or_changes_a_role_with_more(world: World) -> None:
    targets = {f"with {held}": powers.role_with(world.ours.account, *held) for held in GIVEN}
    assert not list(wrong_answers(world, powers.ON_A_ROLE, targets, lambda role: set(role.permissions)))


def test_nobody_revokes_a_token_with_more(world: World) -> None:
    targets = {
        f"with {held}": powers.token_of(world.ours.account, None, str(Permission.MANAGE_USERS), *held) for held in GIVEN
    }
    assert not list(wrong_answers(world, powers.ON_A_TOKEN, targets, lambda token: set(token.permissions)))


@pytest.mark.parametrize("key", sorted(powers.ACCOUNT_ADMINS_ONLY))
def test_what_decides_who_comes_in_needs_all_permissions(world: World, key: str) -> None:
    route, row = ROUTES[key], TABLE[key]

    def act(_: Any) -> powers.Asked:
        return powers.Asked(row.kwargs(route.kwargs, world.ours), row.fields(world.ours))

    done = {held: is_done(world, key, act, None, world.person(held)) for held in ACTORS}
    assert done == {held: held == ALL for held in ACTORS}

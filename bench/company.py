"""`python -m bench.company USERS GROUPS SPACES ENTRIES`: fills an empty database with a large company (`bench.lists`).

Prints JSON: the cookie of its admin's session, and ids of a person, a group and a space that many are in.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

PARAMETERS = 60_000  # of one statement; PostgreSQL takes 65,535
CROWD = 5  # one person of so many is in the first group and in the first space, beside their own
SEEN_GROUPS = 20  # that a login speaks of


def main(arguments: list[str]) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "torque_sso.settings")
    django.setup()
    from django.db import connection

    print(json.dumps(fill(*map(int, arguments))))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def fill(people: int, groups: int, spaces: int, entries: int) -> dict[str, str]:
    from accounts.models import Account, User
    from bench.population import fill as announce

    announce(people, 0)
    account = Account.objects.get()
    _let_some_come_and_go(account)
    keys = list(User.objects.in_account(account).order_by("number").values_list("pk", flat=True))
    group_keys, space_keys = _places(account, groups, spaces)
    _memberships(account, keys, group_keys, space_keys)
    _logins(account, keys)
    _history(account, keys, entries)
    return {
        "cookie": _admin_session(account),
        "user": str(keys[CROWD]),
        "group": str(group_keys[0]),
        "space": str(space_keys[0]),
    }


def _let_some_come_and_go(account: Any) -> None:
    """Of ten users six are active, three pending and one deprovisioned."""
    from django.db.models import F
    from django.db.models.functions import Mod
    from django.utils import timezone

    from accounts.models import User

    now = timezone.now()
    by_digit = User.objects.in_account(account).annotate(digit=Mod(F("number"), 10))
    for digit in range(6):
        by_digit.filter(digit=digit).update(state="active", last_login=now - timedelta(days=digit * 40, hours=1))
    by_digit.filter(digit=9).update(state="deprovisioned", deprovisioned_at=now)


def _places(account: Any, groups: int, spaces: int) -> tuple[list[Any], list[Any]]:
    from accounts.models import Group
    from spaces.models import GroupSpaceRole, Space, SpaceRole

    role = SpaceRole.objects.in_account(account).get(name="Space Developer")
    space_keys = _add(Space, (Space(account=account, name=f"Space {n}") for n in range(1, spaces + 1)))
    identifiers = (f"group-{n}" if n % 2 else "" for n in range(1, groups + 1))
    named = enumerate(identifiers, start=1)
    group_keys = _add(Group, (Group(account=account, name=f"Group {n}", idp_identifier=text) for n, text in named))
    pairs = ((key, space_keys[n % spaces]) for n, key in enumerate(group_keys))
    _add(GroupSpaceRole, (GroupSpaceRole(account=account, group_id=g, space_id=s, role=role) for g, s in pairs))
    return group_keys, space_keys


def _memberships(account: Any, people: list[Any], groups: list[Any], spaces: list[Any]) -> None:
    from accounts.models import GroupMembership
    from spaces.models import SpaceMembership, SpaceRole

    role = SpaceRole.objects.in_account(account).get(name="Space Member")
    own_groups = ((p, groups[place]) for n, p in enumerate(people) for place in _some(n, len(groups)))
    _add(
        GroupMembership,
        (GroupMembership(account=account, user_id=p, group_id=g, origin="manual") for p, g in own_groups),
    )
    own_spaces = ((p, spaces[place]) for n, p in enumerate(people) for place in _some(n, len(spaces))[1:])
    _add(
        SpaceMembership,
        (SpaceMembership(account=account, user_id=p, space_id=s, role=role, origin="idp") for p, s in own_spaces),
    )


def _some(number: int, places: int) -> list[int]:
    """Places of a person, two or three: the first has a crowd."""
    own = {1 + number % (places - 1), 1 + number * 7919 % (places - 1)}
    return [*sorted(own), *([0] if number % CROWD == 0 else [])]


def _logins(account: Any, people: list[Any]) -> None:
    from accounts.models import Connection, ExternalIdentity, LoginRecord

    okta = Connection.objects.create(account=account, name="Okta", vendor="okta", protocol="saml")
    came = people[:20_000]
    seen = [[f"group-{(n * 13 + k) % 30_000}" for k in range(SEEN_GROUPS)] for n in range(len(came))]
    _add(
        ExternalIdentity,
        (
            ExternalIdentity(account=account, connection=okta, user_id=p, subject=f"00u{n}", group_ids=seen[n])
            for n, p in enumerate(came)
        ),
    )
    _add(
        LoginRecord,
        (
            LoginRecord(account=account, connection=okta, user_id=p, reference=f"{n:012}", outcome="signed-in")
            for n, p in enumerate(came)
        ),
    )


def _history(account: Any, people: list[Any], entries: int) -> None:
    from django.utils import timezone

    from accounts.models import ApiToken, AuditEntry
    from bench.population import user_name
    from scim.models import ProvisioningRequest

    def entry(n: int) -> Any:
        name = user_name(n % len(people) + 1)
        return AuditEntry(
            account=account,
            actor="Okta" if n % 3 else "alice@acme.example",
            action=("user.updated", "user.created", "group.members-added", "user.placed-in-space")[n % 4],
            object_type="user",
            object_id=people[n % len(people)],
            object_label=name,
            changes={"first_name": ["A", "B"]},
        )

    def request(n: int) -> Any:
        name = user_name(n % len(people) + 1)
        return ProvisioningRequest(
            account=account,
            at=timezone.now() - timedelta(minutes=n),
            token_name="Okta",
            client="Okta",
            method="POST" if n % 2 else "PATCH",
            path="/api/scim/Users",
            sentence=f"Okta announced {name}",
            status=201 if n % 10 else 409,
            duration_ms=12,
            body={"userName": name},
        )

    def token(n: int) -> Any:
        return ApiToken(account=account, user_id=people[n], name=f"CI {n}", prefix=f"tsso_{n:06}", digest=f"{n:064}")

    _add(AuditEntry, map(entry, range(entries)))
    _add(ProvisioningRequest, map(request, range(entries // 2)))
    _add(ApiToken, map(token, range(1000)))


def _admin_session(account: Any) -> str:
    from django.conf import settings
    from django.test import Client

    from accounts.audit.audit import OPERATOR
    from accounts.permissions import ACCOUNT_ADMIN
    from accounts.users import users

    role = users.role_named(account, ACCOUNT_ADMIN)
    alice = users.create_password_user(account, "alice@acme.example", None, acting=OPERATOR, account_role=role)
    browser = Client()
    browser.force_login(alice, "accounts.authentication.AccountBackend")
    return f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"


def _add(model: Any, rows: Iterable[Any]) -> list[Any]:
    """Adds all, some thousand at a time; gives their ids."""
    keys: list[Any] = []
    size = PARAMETERS // len(model._meta.concrete_fields)
    waiting: Iterator[Any] = iter(rows)
    while batch := list(islice(waiting, size)):
        keys += [row.pk for row in model.objects.bulk_create(batch)]
    return keys


if __name__ == "__main__":
    main(sys.argv[1:])

"""From whatever a person with one permission does, nobody ends with a permission that no account admin agreed to.

Mallory has one permission. She presses any button of any page with any values, sends anything by SCIM with a token that
she made, follows the set-password links that she made, and controls an identity provider: that of a partner, whose
connection an account admin enabled without agreeing to any permission. Her own connections she may try to enable.
"""

import json
import re
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from django.test import Client

from accounts.audit.audit import person
from accounts.groups.sync import due_identities, sync_idp_groups
from accounts.models import AccountRole, ApiToken, Connection, ConnectionDomain, Group, User
from accounts.models.identity import ConnectionState
from accounts.permissions import Permission
from accounts.rights import account_permissions
from accounts.sso.login.complete import complete_login
from accounts.sso.refusal import LoginRefused
from accounts.tokens import tokens
from tests.support.factories import claims, mapped_group, saml_connection
from tests.support.secrets_in_logs import secret
from tests.walk import powers
from tests.walk.asking import BACKEND, World
from tests.walk.routes import every_route
from tests.walk.rows import PUBLIC, USUAL
from tests.walk.table import TABLE
from tests.walk.test_powers import people

pytestmark = pytest.mark.django_db

SEQUENCES, STEPS = 6, 12
ROUTES = {route.key: route for route in every_route()}
BUTTONS = sorted(
    key for key, row in TABLE.items() if "POST" in row.methods and row.who != PUBLIC and not row.is_program
)
NAMES = ("evil", "the-member@acme.example", "pa@acme.example", "new@acme.example", "dana@partner.example")
ADMINS_GROUP = "id-of-Admins"


class Mallory:
    """She, what she controls, and everything there is to act on."""

    def __init__(self, world: World, permission: Permission) -> None:
        self.world, self.account, self.permission = world, world.ours.account, str(permission)
        self.user = world.person([permission])
        self.client = Client(raise_request_exception=False)
        self.client.force_login(self.user, BACKEND)
        people(self.account)  # one of each kind to act on
        admins = mapped_group(self.account, "Admins", ADMINS_GROUP)
        Group.objects.filter(pk=admins.pk).update(account_role=world.ours.admin.account_role)
        self.partner = saml_connection(self.account, name="Partner", update_policy="everything")
        ConnectionDomain.objects.filter(connection=self.partner).delete()
        self.own = {row.pk for row in Connection.objects.in_account(self.account)}
        self.before = {user.pk: account_permissions(user) for user in self.everybody()}
        self.became: set[Any] = {self.user.pk}
        self.token = self._token()
        self.done: list[Any] = []

    def _token(self) -> str:
        if self.permission != Permission.MANAGE_USERS:
            return ""
        made = tokens.issue_service_token(self.account, "scim", [self.permission], acting=person(self.user))
        return secret(made[1])

    def everybody(self) -> list[User]:
        found = User.objects.in_account(self.account).filter(erased_at=None)
        return list(found.select_related("account_role", "account"))

    def rows(self, part: str) -> list[Any]:
        kinds: dict[str, Any] = {
            "user_id": User,
            "group_id": Group,
            "role_id": AccountRole,
            "token_id": ApiToken,
            "connection_id": Connection,
        }
        if part in kinds:
            return list(kinds[part].objects.in_account(self.account).order_by("pk").values_list("pk", flat=True))
        return [self.world.ours.key(USUAL.get(part) or part.removesuffix("_id"))]

    def press(self, key: str, draw: Random) -> None:
        route, row = ROUTES[key], TABLE[key]
        parts = {part: draw.choice(self.rows(part)) for part in route.kwargs}
        fields = {**row.fields(self.world.ours), "confirmed": "yes", **self.any_fields(draw)}
        answer = self.client.post(route.address(**parts), fields)
        self.done.append((key, parts, fields, answer.status_code))
        assert answer.status_code < 500, key
        self.follow_link(answer)

    def any_fields(self, draw: Random) -> dict[str, Any]:
        roles = [str(pk) for pk in self.rows("role_id")]
        wanted: dict[str, list[Any]] = {
            "role": roles,
            "account_role": roles,
            "grantable": [[role] for role in roles],
            "permissions": [[], *([permission] for permission in sorted(powers.ALL)), sorted(powers.ALL)],
            "person": [[str(pk)] for pk in self.rows("user_id")],
            "email": list(NAMES),
            "user_name": list(NAMES),
            "external_id": list(NAMES),
            "emails": [user.email for user in self.everybody()],
            "group": [group.name for group in Group.objects.in_account(self.account)],
            "idp_identifier": [ADMINS_GROUP, "other", ""],
            "way_in": ["announced", "password"],
            "domain": ["acme.example", "evil.example"],
        }
        chosen = draw.sample(sorted(wanted), draw.randint(0, 8))
        return {name: draw.choice(wanted[name]) for name in chosen}

    def follow_link(self, answer: Any) -> None:
        """A set-password link that she was shown: she is that person from now on."""
        found = re.search(r"/set-password/([0-9a-f-]{36})/([\w-]+)", answer.content.decode(errors="replace"))
        if found:
            secret(found[2])
            self.became.add(User.objects.get(pk=found[1]).pk)

    def provision(self, draw: Random) -> None:
        target = draw.choice(self.rows("user_id"))
        body: dict[str, Any] = {
            "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
            "userName": draw.choice(NAMES),
            "externalId": draw.choice(NAMES),
            "active": draw.random() < 0.5,
            "emails": [{"value": draw.choice(NAMES), "primary": True}],
        }
        method = draw.choice(["POST", "PUT", "DELETE"])
        path = "/api/scim/Users" if method == "POST" else f"/api/scim/Users/{target}"
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = Client().generic(method, path, json.dumps(body), "application/scim+json", headers=headers)
        self.done.append((method, path, body, answer.status_code))
        assert answer.status_code < 500

    def log_in(self, draw: Random) -> None:
        """By an identity provider of hers, which says anything."""
        mine = Connection.objects.in_account(self.account).filter(state=ConnectionState.LIVE).exclude(pk__in=self.own)
        chosen = draw.choice([self.partner, *mine.order_by("pk")])
        fresh = Connection.objects.select_related("account").get(pk=chosen.pk)
        said = claims(
            fresh,
            subject=draw.choice(NAMES),
            email=draw.choice([name for name in NAMES if "@" in name]),
            email_trusted=draw.random() < 0.5,
            user_names=(draw.choice(NAMES),),
            external_ids=(draw.choice(NAMES),),
            group_ids=draw.choice([None, (), (ADMINS_GROUP,)]),
            account_role=draw.choice(["", "Account Admin"]),
        )
        self.done.append((fresh.name, said))
        try:
            self.became.add(complete_login(said, fresh).user.pk)
        except LoginRefused:
            return
        for key in due_identities():
            sync_idp_groups(key)

    def step(self, draw: Random) -> None:
        kinds = [*(["provision"] if self.token else []), "log in", "press", "press", "press"]
        match draw.choice(kinds):
            case "provision":
                self.provision(draw)
            case "log in":
                self.log_in(draw)
            case _:
                self.press(draw.choice(BUTTONS), draw)

    def raised(self) -> Iterator[str]:
        """A line for everybody with a permission that neither they had before nor Mallory may hand on."""
        for user in self.everybody():
            agreed = self.before.get(user.pk, set()) | {self.permission}
            if more := account_permissions(user) - agreed:
                yield f"{user} has {sorted(more)}"
            if user.pk in self.became and (more := account_permissions(user) - {self.permission}):
                yield f"Mallory is {user} with {sorted(more)}"


@pytest.mark.parametrize("seed", range(SEQUENCES))
@pytest.mark.parametrize("permission", Permission)
def test_nobody_rises(world: World, permission: Permission, seed: int) -> None:
    mallory, draw = Mallory(world, permission), Random(seed)  # noqa: S311  # no secret
    for _ in range(STEPS):
        mallory.step(draw)
        assert not list(mallory.raised()), mallory.done

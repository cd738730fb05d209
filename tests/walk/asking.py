"""Two accounts with one object of every kind, and who may ask: every request is undone before the next."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.test import Client

from accounts.audit.audit import OPERATOR
from accounts.models import AccountRole, User
from accounts.permissions import Permission
from accounts.rights import account_permissions
from accounts.tokens import tokens
from accounts.users import users
from tests.support.secrets_in_logs import secret
from tests.walk.objects import PASSWORD, Things, make_things
from tests.walk.rows import Row

STRANGERS = "Globex"  # stands in every text of theirs
BACKEND = "accounts.authentication.AccountBackend"


@dataclass
class World:
    """`ours`: Acme, whose people ask. `theirs`: Globex, of which they must see nothing."""

    ours: Things = field(default_factory=lambda: make_things("Acme"))
    theirs: Things = field(default_factory=lambda: make_things(STRANGERS))
    _known: dict[frozenset[str], User] = field(default_factory=dict)
    _entrances: dict[UUID, tuple[str, str]] = field(default_factory=dict)
    _numbers: Any = field(default_factory=count)

    def person(self, permissions: Iterable[str]) -> User:
        """Somebody of Acme who has exactly these permissions; the admin for all of them."""
        wanted = frozenset(permissions)
        if wanted == set(Permission):
            return self.ours.admin
        if wanted not in self._known:
            number, account = next(self._numbers), self.ours.account
            role = AccountRole.objects.create(account=account, name=f"Role {number}", permissions=sorted(wanted))
            self._known[wanted] = users.create_password_user(
                account, f"person{number}@acme.example", PASSWORD, acting=OPERATOR, account_role=role
            )
        return self._known[wanted]

    def entrance(self, person: User) -> tuple[str, str]:
        """The cookie of their session, and the text of a token with all that they may do."""
        if person.pk not in self._entrances:
            client = Client()
            client.force_login(person, BACKEND)
            held = account_permissions(person)
            text = secret(tokens.issue_token(person, "walk", held, acting=OPERATOR)[1])
            self._entrances[person.pk] = client.cookies[settings.SESSION_COOKIE_NAME].value, text
        return self._entrances[person.pk]

    def ask(self, method: str, address: str, row: Row, person: User | None, fields: Any = None, **options: Any) -> Any:
        """What they get; nothing of it lasts. `person` None: a stranger."""
        entrance = self.entrance(person) if person else None
        with transaction.atomic():
            answer = send(method, address, row, entrance, fields, **options)
            transaction.set_rollback(True)
        return answer


def send(
    method: str, address: str, row: Row, entrance: tuple[str, str] | None, fields: Any = None, **options: Any
) -> Any:
    """A page is asked with a session and a form, a program's address with a token and JSON."""
    client = _client(**options)
    if row.is_program:
        headers = {"Authorization": f"Bearer {entrance[1]}"} if entrance else {}
        content = json.dumps(fields or {}) if method in ("POST", "PUT", "PATCH") else ""
        return _read(client.generic(method, address, content, content_type="application/json", headers=headers))
    if entrance:
        client.cookies[settings.SESSION_COOKIE_NAME] = entrance[0]
    if method == "POST":
        return _read(client.post(address, dict(fields or {})))
    return _read(client.generic(method, address))


@cache
def _lasting_client(**options: Any) -> Client:
    return Client(raise_request_exception=False, **options)


def _client(**options: Any) -> Client:
    """Without cookies. Only cookies are a client's own, and a new one takes its time over all middleware."""
    client = _lasting_client(**options)
    client.cookies.clear()
    return client


def _read(answer: Any) -> Any:
    """With the whole body, also of a file that is sent bit by bit: its rows are read before they are undone."""
    if answer.streaming:
        answer.text_of_file = b"".join(answer.streaming_content)
    return answer


def body(answer: Any) -> str:
    content: bytes = answer.text_of_file if answer.streaming else answer.content
    return content.decode(errors="replace")

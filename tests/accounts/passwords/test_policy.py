"""Password policy at each interface, with SSO enforced and without (R10)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.audit.audit import OPERATOR
from accounts.errors import ActionRefused
from accounts.models import AuditEntry, User
from accounts.passwords.links import set_password_url
from accounts.permissions import ACCOUNT_ADMIN, ACCOUNT_MEMBER
from accounts.users import users
from tests.accounts.api.programs import Program
from tests.support.cast import PASSWORD, Cast
from tests.support.enforcing import enforce

pytestmark = pytest.mark.django_db
NEW = "a sentence nobody else has"


def page(person: User) -> bool:
    return Client().post("/login", {"email": person.email, "password": PASSWORD}).status_code == 302


def program(person: User) -> bool:
    body = {"email": person.email, "password": PASSWORD}
    return Program().ask("POST", "/api/accounts/login", body).status == 200


def program_of_account(person: User) -> bool:
    body = {"email": person.email, "password": PASSWORD}
    return Program().ask("POST", "/api/accounts/Acme/login", body).status == 200


def link(person: User) -> bool:
    address = set_password_url(person).removeprefix("http://localhost:8000")
    opened = Client().get(address).status_code == 200
    saved = Client().post(address, {"new_password": NEW, "repeat_password": NEW}).status_code == 302
    assert opened == saved
    return opened


def password_set(person: User) -> bool:
    return _done(lambda: users.set_password(User.objects.get(pk=person.pk), NEW, acting=OPERATOR))


def new_person(person: User) -> bool:
    """Somebody new with a password and the same account role."""
    email = f"new-{person.email}"
    role = person.account_role
    return _done(
        lambda: users.create_password_user(person.account, email, PASSWORD, acting=OPERATOR, account_role=role)
    )


def _done(verb: Callable[[], Any]) -> bool:
    try:
        verb()
    except ActionRefused:
        return False
    return True


WAYS = {way.__name__: way for way in (page, program, program_of_account, link, password_set)}
PEOPLE = ("admin", "member", "SSO admin", "SSO member", "pending")
# Enforced or not -> who may sign in.
LET_IN = {False: {"admin", "member"}, True: {"admin"}}


def person(cast: Cast, kind: str) -> User:
    if kind in ("SSO admin", "SSO member"):
        role = users.role_named(cast.acme, ACCOUNT_ADMIN if kind == "SSO admin" else ACCOUNT_MEMBER)
        found = users.create_from_login(cast.acme, "dana@acme.example", acting=OPERATOR)
        User.objects.filter(pk=found.pk).update(account_role=role)
        return User.objects.select_related("account_role").get(pk=found.pk)
    return {"admin": cast.alice, "member": cast.bob, "pending": cast.petra}[kind]


@pytest.mark.parametrize("kind", PEOPLE)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("enforced", [False, True])
def test_matrix(cast: Cast, enforced: bool, way: str, kind: str) -> None:
    somebody = person(cast, kind)
    if enforced:
        enforce(cast)
    assert WAYS[way](somebody) == (kind in LET_IN[enforced])


@pytest.mark.parametrize(("enforced", "kind"), [(False, "admin"), (False, "member"), (True, "admin"), (True, "member")])
def test_who_may_be_given_a_password(cast: Cast, enforced: bool, kind: str) -> None:
    if enforced:
        enforce(cast)
    assert new_person(person(cast, kind)) == (kind in LET_IN[enforced])


def test_each_use_of_an_emergency_password_is_written_down(cast: Cast) -> None:
    enforce(cast)
    assert (page(cast.alice), program(cast.alice), page(cast.bob)) == (True, True, False)
    entries = AuditEntry.objects.filter(action="user.break-glass-login")
    assert [(entry.actor, entry.ip_address) for entry in entries] == [(cast.alice.email, "127.0.0.1")] * 2


def test_an_ordinary_password_login_is_not(cast: Cast) -> None:
    assert page(cast.alice)
    assert not AuditEntry.objects.filter(action="user.break-glass-login").exists()


def test_a_member_learns_nothing_by_being_refused(cast: Cast) -> None:
    """R9: the answer to the right password of somebody who is shut out is that to a wrong or unknown one."""
    enforce(cast)
    bodies = set()
    for email, password in ((cast.bob.email, PASSWORD), (cast.bob.email, "wrong"), ("nobody@acme.example", PASSWORD)):
        body = Client().post("/login", {"email": email, "password": password}).content.decode()
        lines = (line for line in body.replace(email, "EMAIL").splitlines() if "csrfmiddlewaretoken" not in line)
        bodies.add("\n".join(lines))
    assert len(bodies) == 1


@pytest.mark.parametrize("email", ["bob@acme.example", "nobody@acme.example"])
def test_and_as_much_is_done_for_it(cast: Cast, monkeypatch: pytest.MonkeyPatch, email: str) -> None:
    enforce(cast)
    hashed: list[str] = []
    monkeypatch.setattr(User, "set_password", lambda self, raw: hashed.append(raw))
    monkeypatch.setattr(User, "check_password", lambda self, raw: hashed.append(raw))
    Client().post("/login", {"email": email, "password": PASSWORD})
    assert hashed == [PASSWORD]


def test_another_account_is_none_of_its_business(cast: Cast) -> None:
    enforce(cast)
    assert link(User.objects.get(pk=cast.charlie.pk))
    assert password_set(cast.charlie)

"""A company that moves from Okta to Entra, as the tests of moving need it."""

from dataclasses import dataclass

from accounts.audit.audit import Actor
from accounts.connections.moving import moves
from accounts.connections.moving.findings import people_of
from accounts.models import Connection, ConnectionMove, User
from accounts.sso.login.complete import complete_login
from tests.accounts.connections.test_identities import sso_user
from tests.support.cast import Cast
from tests.support.factories import claims, known_at


@dataclass(frozen=True)
class Company:
    """Dana is known at Okta, and nobody yet at Entra."""

    okta: Connection
    entra: Connection
    dana: User
    admin: Actor

    def start(self, *, includes_privileged: bool = True) -> ConnectionMove:
        return moves.start_move(self.okta, self.entra, includes_privileged=includes_privileged, acting=self.admin)

    def log_in(self, subject: str = "entra-dana", **values: object) -> User:
        return complete_login(claims(self.entra, subject=subject, **values), self.entra).user


def finding_of(company: Company, user: User, *, includes_privileged: bool = True) -> str:
    move = moves.open_or_planned(company.okta, company.entra, includes_privileged=includes_privileged)
    found: str = people_of(move).get(pk=user.pk).finding  # type: ignore[attr-defined]
    return found


def known(cast: Cast, company: Company, address: str, **values: object) -> User:
    user = sso_user(cast, address)
    User.objects.filter(pk=user.pk).update(**values)
    known_at(company.okta, user)
    return user


def one_of_two(cast: Cast, company: Company) -> User:
    """Petra's user name is this user's email."""
    user = known(cast, company, "x@acme.example", user_name="x", user_name_key="x")
    User.objects.filter(pk=cast.petra.pk).update(user_name_key="x@acme.example")
    return user

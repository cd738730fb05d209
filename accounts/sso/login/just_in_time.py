"""Who may come in through a connection, once it is known who they are: the leavers may not, newcomers as it is set."""

from accounts.connections.scope import foreign_domain
from accounts.models import Connection, User
from accounts.models.identity import JustInTime
from accounts.models.user import UserState
from accounts.sso.claims import IdentityClaims
from accounts.sso.login import match_refusals
from accounts.sso.refusal import LoginRefused


def check(claims: IdentityClaims, connection: Connection, user: User | None) -> None:
    """`user`: whom the login matched, None for nobody here. Raises LoginRefused.

    Who was let go stays out whatever the connection says: else the next login would undo what the IdP decided.
    """
    if user is not None and user.state == UserState.DEPROVISIONED:
        raise _deprovisioned(user)
    if connection.just_in_time == JustInTime.OFF and (user is None or user.state == UserState.PENDING):
        raise _no_new_people(claims, connection, user)
    if connection.just_in_time == JustInTime.ANNOUNCED and user is None:
        raise _not_announced(claims, connection)
    if user is None and (foreign := foreign_domain(connection.account_id, connection.pk, [claims.email])):
        raise match_refusals.foreign_domain(claims, foreign)


def _deprovisioned(user: User) -> LoginRefused:
    return LoginRefused("deprovisioned", "a person who still has access", f"{user.email}, who was deprovisioned")


def _not_announced(claims: IdentityClaims, connection: Connection) -> LoginRefused:
    return LoginRefused(
        "not-announced",
        f"somebody whom provisioning announced, as connection '{connection.name}' is set",
        f"'{claims.email}', of whom nobody here knows",
    )


def _no_new_people(claims: IdentityClaims, connection: Connection, user: User | None) -> LoginRefused:
    received = f"{user}, who is pending" if user else f"'{claims.email}', of whom nobody here knows"
    return LoginRefused(
        "no-new-people",
        f"somebody who is active here already, as connection '{connection.name}' lets nobody new in",
        received,
    )

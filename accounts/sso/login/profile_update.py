"""Contact details at login, by the connection's update policy (`requirements.md` section 2)."""

from accounts.audit.audit import Actor
from accounts.connections.scope import foreign_domain
from accounts.models import Connection, User
from accounts.models.identity import UpdatePolicy
from accounts.sso.claims import IdentityClaims
from accounts.users import users
from common import time_zones
from common.folding import fold

_SHOWN = 100  # characters of a value in a sentence


def apply(
    user: User, claims: IdentityClaims, connection: Connection, *, first: bool, acting: Actor, decisions: list[str]
) -> None:
    """Brings names, e-mail and time zone up to date, and says in `decisions` what was changed or refused."""
    if not first and connection.update_policy == UpdatePolicy.FIRST:
        return
    wanted = {name: value for name in ("first_name", "last_name") if (value := getattr(claims, name)[:150])}
    if _email_may_follow(user, claims, connection, decisions):
        wanted["email"] = claims.email
    if claims.timezone and (zone := _zone(user, claims.timezone, decisions)):
        wanted["timezone"] = zone
    changes = users.update_profile(user, wanted, acting=acting)
    labels = {"first_name": "First name", "last_name": "Last name", "email": "E-mail", "timezone": "Time zone"}
    decisions += [
        f"{labels[name]} set to '{after}'" + (f" (was '{before}')." if before else ".")
        for name, (before, after) in changes.items()
    ]


def _zone(user: User, sent: str, decisions: list[str]) -> str:
    """The IANA name of the time zone that was sent; empty for one that is not read, and the user's stays."""
    zone, shown = time_zones.iana_of(sent), sent[:_SHOWN]
    if zone and zone != sent:
        decisions.append(f"Time zone '{shown}' is a Windows name: it is read as {zone}.")
    elif not zone:
        kept = f"'{user.timezone}' stays" if user.timezone else "none is set"
        decisions.append(f"Time zone '{shown}' is no IANA name such as Europe/Paris: {kept}.")
        if advice := time_zones.advice(sent):
            decisions.append(f"Time zone '{shown}': {advice}")
    return zone


def _email_may_follow(user: User, claims: IdentityClaims, connection: Connection, decisions: list[str]) -> bool:
    """An e-mail that changed in the IdP follows, unless somebody else here has it, the IdP does not vouch for it, or
    another connection speaks for its domain."""
    if user.email == claims.email:
        return False
    if fold(user.email) == fold(claims.email):
        return True
    if not claims.email_trusted:
        why = "is a guest's" if claims.guest else "is not verified by the provider"
        decisions.append(f"E-mail '{claims.email}' {why}: '{user.email}' stays.")
        return False
    if foreign := foreign_domain(connection.account_id, connection.pk, [claims.email]):
        decisions.append(f"E-mail '{claims.email}' has the domain {foreign}: '{user.email}' stays.")
        return False
    others = User.objects.in_account(user.account_id).exclude(pk=user.pk)
    if others.filter(email_key=fold(claims.email)).exists():
        decisions.append(f"E-mail '{claims.email}' belongs to another user of this account: '{user.email}' stays.")
        return False
    return True

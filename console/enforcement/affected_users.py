"""Users whose passwords stop working when SSO is enforced, and how each can sign in afterwards."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from accounts.connections.domains.owners import owners_of
from accounts.connections.domains.sign_in_choices import domain_of
from accounts.models import Account, ExternalIdentity, User
from accounts.models.identity import ConnectionState
from accounts.models.user import OWN_ROLE_IS_ADMIN
from accounts.passwords import policy as password_policy

SHOWN = 50

LINKED = "linked"  # known at a live connection
BY_EMAIL = "by-email"  # their first SSO login links them by email
NO_WAY_IN = "no-way-in"


@dataclass(frozen=True)
class ShutOut:
    user: User
    way_in: str


@dataclass(frozen=True)
class AffectedUsers:
    """`shut_out` and `staying` hold the first 50 by e-mail; the totals count all. Constant queries."""

    shut_out: list[ShutOut]
    shut_out_total: int
    staying: list[User]
    staying_total: int

    @property
    def more_shut_out(self) -> int:
        return self.shut_out_total - len(self.shut_out)

    @property
    def more_staying(self) -> int:
        return self.staying_total - len(self.staying)


def affected_users(account: Account) -> AffectedUsers:
    live = ExternalIdentity.objects.in_account(account).filter(
        user=OuterRef("pk"), connection__state=ConnectionState.LIVE
    )
    affected = password_policy.shut_out(account)
    shown = affected.annotate(is_linked=Exists(live)).order_by("email_key")[:SHOWN]
    users = list(shown)
    owned = _found_by_email(account, users)
    admins = password_policy.of_account(account).filter(OWN_ROLE_IS_ADMIN)
    return AffectedUsers(
        shut_out=[ShutOut(user, _way_in(user, owned)) for user in users],
        shut_out_total=affected.count(),
        staying=list(admins.order_by("email_key")[:SHOWN]),
        staying_total=admins.count(),
    )


def _way_in(user: User, owned: set[str]) -> str:
    if vars(user)["is_linked"]:
        return LINKED
    return BY_EMAIL if domain_of(user.email) in owned else NO_WAY_IN


def _found_by_email(account: Account, users: Iterable[User]) -> set[str]:
    """Return those of their domains by which a live connection may find users (`accounts.sso.login.matching`)."""
    owners = owners_of({domain_of(user.email) for user in users})
    return {domain for domain, owner in owners.items() if owner.account_id == account.pk and owner.has_live()}

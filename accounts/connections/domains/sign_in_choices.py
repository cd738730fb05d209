"""Which connections somebody who is not signed in may use. No answer depends on whether the person exists (R17)."""

from accounts.connections.domains.domains import normal_domain
from accounts.connections.domains.owners import owners_of
from accounts.errors import ActionRefused
from accounts.models import Account, Connection
from common.folding import narrowed


def domain_of(email: str) -> str:
    """The e-mail's domain as `EmailDomain` spells it; empty when there is none."""
    address = narrowed(email)
    try:
        return normal_domain(address.rpartition("@")[2]) if "@" in address else ""
    except ActionRefused:
        return ""


def live_connections_for_email(email: str) -> list[Connection]:
    """Live connections of the account that verified the e-mail's domain, by name.

    An unverified domain has no effect.
    """
    domain = domain_of(email)
    if not domain:
        return []
    owner = owners_of([domain]).get(domain)
    if owner is None or not owner.has_live():
        return []
    verified_for_it = Connection.objects.in_account(owner.account_id).filter(
        connectiondomain__domain__domain=owner.domain, connectiondomain__domain__account=owner.account_id
    )
    return list(verified_for_it.live().order_by("name").distinct())


def single_tenant_connections() -> list[Connection]:
    """Live connections of the only account of this installation, by name; none as soon as there is a second account."""
    accounts = list(Account.objects.values_list("id", flat=True)[:2])
    if len(accounts) != 1:
        return []
    live = Connection.objects.in_account(accounts[0]).live()
    return list(live.order_by("name"))

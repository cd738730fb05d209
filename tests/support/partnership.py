"""An account with two connections: the company's own, and that of a partner who works there too."""

from dataclasses import dataclass

from accounts.audit.audit import OPERATOR, Actor
from accounts.connections.domains.domains import claim_verified_domain
from accounts.models import Account, Connection, ConnectionDomain
from tests.support.journeys import signed_connection


@dataclass(frozen=True)
class Partnership:
    company: Connection
    partner: Connection


def make_partnership(account: Account) -> Partnership:
    """acme.example is the company's domain, partner.example the partner's, nobody.example no connection's."""
    company = signed_connection(account, name="Company")
    partner = signed_connection(account, name="Partner")
    partner.domains.clear()
    row = claim_verified_domain(account, "partner.example", acting=OPERATOR)
    ConnectionDomain.objects.create(account=account, connection=partner, domain=row)
    claim_verified_domain(account, "nobody.example", acting=OPERATOR)
    return Partnership(company, partner)


def provisioning_of(connection: Connection | None, *, is_only: bool = False) -> Actor:
    """Who provisions with a token of this connection; None: with one that names none."""
    name = connection.pk if connection is not None else None
    return Actor("provisioning (test)", automatic=True, connection_id=name, is_only_connection=is_only)

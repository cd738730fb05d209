"""Which verified e-mail domain decides about an address: its own, or one above it that includes its sub-domains."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from accounts.models import EmailDomain
from accounts.models.identity import ConnectionState


@dataclass(frozen=True)
class Attached:
    """A connection that speaks for the domain."""

    id: UUID
    name: str
    state: str


@dataclass(frozen=True)
class Owner:
    """`domain`: the verified one, which may be above the one that was asked about."""

    domain: str
    account_id: UUID
    connections: tuple[Attached, ...]

    def has(self, connection: UUID) -> bool:
        return any(attached.id == connection for attached in self.connections)

    def has_live(self) -> bool:
        return any(attached.state == ConnectionState.LIVE for attached in self.connections)


def levels(domain: str) -> list[str]:
    """The domain and all above it that an account could verify, the longest first."""
    labels = domain.split(".")
    return [".".join(labels[start:]) for start in range(len(labels) - 1)]


def owners_of(domains: Iterable[str]) -> Mapping[str, Owner]:
    """For each of these domains (as `EmailDomain` spells them) its owner, where it has one. One query.

    The longest verified domain decides, of whatever account it is: somebody who verified a sub-domain has it, and a
    domain above it cannot take it back. It has to be that very domain, or to include its sub-domains.
    """
    asked = {domain: levels(domain) for domain in domains if domain}
    if not asked:
        return {}
    verified = EmailDomain.objects.verified().filter(domain__in={one for all_ in asked.values() for one in all_})
    columns = ("domain", "account_id", "with_subdomains", "connections", "connections__name", "connections__state")
    known: dict[str, tuple[UUID, bool, list[Attached]]] = {}
    for name, account_id, included, *attached in verified.values_list(*columns):
        row = known.setdefault(name, (account_id, included, []))
        if attached[0] is not None:
            row[2].append(Attached(*attached))
    return {domain: owner for domain, above in asked.items() if (owner := _owner(domain, above, known))}


def _owner(domain: str, above: list[str], known: Mapping[str, tuple[UUID, bool, list[Attached]]]) -> Owner | None:
    nearest = next((name for name in above if name in known), "")
    if not nearest:
        return None
    account_id, included, attached = known[nearest]
    return Owner(nearest, account_id, tuple(attached)) if nearest == domain or included else None

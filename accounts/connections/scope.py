"""For whom a connection speaks: whose record its provisioning may change, and which e-mail domains are not its own.

A partner's identity provider must not reach the company's own people through either of its ways in, logins or
provisioning (`docs/decisions/0005`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from accounts.audit.audit import Actor
from accounts.connections.domains.owners import Owner, owners_of
from accounts.connections.domains.sign_in_choices import domain_of
from accounts.models import Account, Connection, ConnectionMove, ExternalIdentity, User
from accounts.models.identity import ConnectionState
from accounts.users.protection import Protected

# Said of a token for provisioning, where the account has several connections.
NO_CONNECTION = (
    "This token names no connection, and the account has several. It may provision everybody, but a first login finds"
    " the people it creates by an e-mail of a verified domain only, not by external ID or plain user name. A token that"
    " names the connection whose people it provisions is better."
)


@dataclass(frozen=True)
class Ties:
    """What ties a person to connections, each by its id.

    `domain`: the connections for which their e-mail's domain is verified.
    """

    provisioned_by: UUID | None = None
    identities: frozenset[UUID] = frozenset()
    domain: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class ForeignDomain:
    """An e-mail domain that this account verified for other connections only, and their names."""

    domain: str
    connections: tuple[str, ...]

    def __str__(self) -> str:
        return f"'{self.domain}', which belongs to {named(self.connections)}"


def speaks_for(connection: UUID, ties: Ties, *, is_only: bool) -> bool:
    """Whether a connection may change a person. `is_only`: the account has no other that is not a draft."""
    if ties.provisioned_by is not None:
        return ties.provisioned_by == connection
    return is_only or connection in ties.identities or connection in ties.domain


def check_speaks_for(user: User, acting: Actor) -> None:
    """Check that provisioning may change this person at all. Raises Protected. No query for its connection's own."""
    connection = acting.connection_id
    if connection is None or user.provisioned_by == connection:
        return
    if user.provisioned_by is None and acting.is_only_connection:
        return
    ties = _ties_of(user)
    if not speaks_for(connection, _in_a_move(ties, connection, user), is_only=acting.is_only_connection):
        raise Protected("user-out-of-scope", _refusal(user, ties, connection))


def check_addresses(account_id: UUID, addresses: Iterable[str], acting: Actor) -> None:
    """Check that provisioning stores no e-mail or user name in a domain of other connections. Raises Protected."""
    if acting.connection_id is None or acting.is_only_connection:
        return
    foreign = foreign_domain(account_id, acting.connection_id, addresses)
    if foreign is not None:
        raise Protected(
            "domain-out-of-scope",
            f"Expected an e-mail and a user name that connection {name_of(acting.connection_id, account_id)} speaks"
            f" for; received the domain {foreign}. Provision this person with a token of that connection, or have an"
            " account admin add the domain to this connection too.",
        )


def foreign_domain(account_id: UUID, connection: UUID, addresses: Iterable[str]) -> ForeignDomain | None:
    """The first of these addresses' domains that is verified and attached to other connections only. One query."""
    domains = {domain_of(address) for address in addresses} - {""}
    if not domains:
        return None
    found = owners_of(domains)
    own = (found[domain] for domain in sorted(found) if found[domain].account_id == account_id)
    foreign = ((owner, _names(owner)) for owner in own if not owner.has(connection))
    return next((ForeignDomain(owner.domain, names) for owner, names in foreign if names), None)


def _names(owner: Owner) -> tuple[str, ...]:
    """Of the connections that are no drafts."""
    return tuple(sorted(one.name for one in owner.connections if one.state != ConnectionState.DRAFT))


def connections_of(account: Account) -> list[Connection]:
    """The account's connections by age, with what tells them apart and no secrets. One query."""
    found = Connection.objects.in_account(account).order_by("created_at")
    return list(found.only("account_id", "name", "vendor", "state"))


def are_several(connections: Iterable[Connection]) -> bool:
    """Whether more than one is no draft, so that a token has to name the one it is for."""
    return sum(connection.state != ConnectionState.DRAFT for connection in connections) > 1


def warning_without(chosen: Connection | None, connections: Iterable[Connection]) -> str:
    """What to say of a token for provisioning that names no connection although there are several; else empty."""
    return NO_CONNECTION if chosen is None and are_several(connections) else ""


def name_of(connection: UUID, account_id: UUID) -> str:
    """Quoted, for a sentence."""
    found = Connection.objects.in_account(account_id).filter(pk=connection).values_list("name", flat=True).first()
    return f"'{found}'" if found else "one that was deleted"


def named(names: Iterable[str]) -> str:
    """ "connection 'A'", or "the connections 'A' and 'B'"."""
    quoted = [f"'{name}'" for name in names]
    return f"connection {quoted[0]}" if len(quoted) == 1 else f"the connections {' and '.join(quoted)}"


def _ties_of(user: User) -> Ties:
    """Whose provisioning stored a person counts as long as that connection is there."""
    provisioning = Connection.objects.in_account(user.account_id).filter(pk__in=[user.provisioned_by])
    identities = ExternalIdentity.objects.in_account(user.account_id).filter(user=user)
    domain = domain_of(user.email)
    owner = owners_of([domain]).get(domain)
    attached = owner.connections if owner and owner.account_id == user.account_id else ()
    return Ties(
        provisioned_by=provisioning.values_list("pk", flat=True).first(),
        identities=frozenset(identities.values_list("connection_id", flat=True)),
        domain=frozenset(one.id for one in attached),
    )


def _in_a_move(ties: Ties, target: UUID, user: User) -> Ties:
    """While a move of people is on, its target speaks for those of the source as for people whom nobody provisions."""
    source = ties.provisioned_by
    if source in (None, target):
        return ties
    moves = ConnectionMove.objects.in_account(user.account_id).filter(source=source, target=target, ended_at=None)
    return replace(ties, provisioned_by=None) if moves.exists() else ties


def _refusal(user: User, ties: Ties, connection: UUID) -> str:
    own = name_of(connection, user.account_id)
    if ties.provisioned_by is not None:
        other = name_of(ties.provisioned_by, user.account_id)
        return (
            f"Expected a person whom connection {own} provisions; {user} is provisioned by connection {other}."
            f" Use a token of connection {other}, or one that names no connection."
        )
    return (
        f"Expected a person whom connection {own} speaks for; {user} is provisioned by no connection, has not signed"
        " in through this one, and has no e-mail of a verified domain of its own. Have them sign in through it once,"
        " have an account admin verify their domain for it, or use a token that names no connection."
    )

"""Which user a verified login is (`protocol.md` section 4): known identity, then external id, then e-mail or userName.

External id, e-mail and name find only users without a way to sign in: pending ones, those whose identities an admin
removed, and those whose password is disabled. A user with an identity, or a password that works, is linked only by a
session in the same browser (R14): an address that was given to a colleague, or that a guest claims, must not open
another user. While a move of users to the connection is on, a verified e-mail also finds users who are linked to
the connection they move from (`docs/decisions/0025`). External IDs and plain names find only users of this connection's
own provisioning (`docs/decisions/0005`).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Lower

from accounts.connections.domains.owners import owners_of
from accounts.connections.domains.sign_in_choices import domain_of
from accounts.connections.moving.findings import who_link
from accounts.connections.scope import ForeignDomain, foreign_domain, named
from accounts.models import Connection, ExternalIdentity, User
from accounts.models.identity import ConnectionState
from accounts.models.user import UserOrigin, UserState
from accounts.passwords.policy import may_use
from accounts.sso.claims import IdentityClaims
from accounts.sso.refusal import LoginRefused
from accounts.sso.refusals.row import Side
from common.folding import fold

NOBODY: Mapping[UUID, str] = MappingProxyType({})
# Claim -> what makes the identity provider send another value; "" where it sends no claim at all.
_VERIFY = {
    "email_verified": "Have the user verify this e-mail at the identity provider, or correct it there",
    "xms_edov": "Verify the e-mail's domain as a custom domain name of the Entra tenant",
    "": "Let the application send the claim “email_verified” with the value true",
}


@dataclass(frozen=True)
class Match:
    """`identity` is None when the login is linked for the first time, `user` when nobody here matches."""

    user: User | None
    identity: ExternalIdentity | None
    sentence: str


class ChangedMeanwhile(Exception):
    """Another login linked the user, or another change was made, after our first look. To be tried again in a new
    transaction: the locks taken so far must be released first, or two wait for each other."""


def find(claims: IdentityClaims, connection: Connection, signed_in: User | None = None) -> Match:
    """The user of this login, locked for the rest of the transaction. Raises LoginRefused and ChangedMeanwhile."""
    # A guest's NameID may be their e-mail, and that the company's: as a subject it must not match a known user.
    if claims.guest and "@" in claims.subject and _verified_keys(connection, {fold(claims.subject)}):
        raise LoginRefused(
            "guest",
            "a guest of the Entra tenant to be known by object ID",
            f"the subject '{claims.subject}', an e-mail of this company, of a guest ({claims.guest})",
            "Send the object identifier (SAML attribute objectidentifier), which Entra does by default.",
        )
    if known := _known(claims, connection):
        return known
    try:
        return _by_ids(claims, connection, signed_in)
    except LoginRefused:
        if _identities(claims, connection).exists():
            raise ChangedMeanwhile from None
        raise


def _identities(claims: IdentityClaims, connection: Connection) -> QuerySet[ExternalIdentity]:
    """Of the subject; where it is an e-mail address, in any letter case: a provider may change how it writes it."""
    owned = ExternalIdentity.objects.in_account(connection.account_id).filter(connection=connection)
    if not claims.subject_is_email:
        return owned.filter(subject=claims.subject)
    return owned.alias(lower=Lower("subject")).filter(lower=Lower(Value(claims.subject)))


def _known(claims: IdentityClaims, connection: Connection) -> Match | None:
    found = _identities(claims, connection)
    here = found.filter(user__erased_at=None).select_related("user__account_role", "user__account").order_by("pk")
    identities = list(here.select_for_update(of=("self", "user")))
    if not identities:
        _forget_erased(found.filter(subject=claims.subject))
        return None
    identity = _as_sent(claims, identities)
    return Match(identity.user, identity, f"Known here as {identity.user.email}.")


def _as_sent(claims: IdentityClaims, identities: list[ExternalIdentity]) -> ExternalIdentity:
    """Of spellings that differ in letter case, the one that was sent. Without it, all have to be of one user.

    Raises LoginRefused.
    """
    exact = [identity for identity in identities if identity.subject == claims.subject]
    if not exact and len({identity.user_id for identity in identities}) > 1:
        raise LoginRefused(
            "two-users-match",
            "one user of this connection whose subject is this e-mail address in any letter case",
            f"'{claims.subject}', while {' and '.join(f'{row.user.email} has {row.subject!r}' for row in identities)}",
        )
    return (exact or identities)[0]


def _forget_erased(found: QuerySet[ExternalIdentity]) -> None:
    """Deleted in the IdP, with clean-up still to do: this login is a new user's.

    Only the identity is locked: an erasure has locked the account and waits for the user.
    """
    erased = found.filter(user__erased_at__isnull=False).select_for_update(of=("self",)).first()
    if erased is not None:
        erased.delete()


def _by_ids(claims: IdentityClaims, connection: Connection, signed_in: User | None) -> Match:
    by_external_id, shared = _by_external_id(claims, connection)
    match = _only_one(claims, signed_in, by_external_id, "the external ID that provisioning stored")
    match = match or _by_name(claims, connection, signed_in)
    if not shared:
        return match
    sentence = f"Several users have the external ID '{shared}', so it was not used."
    return replace(match, sentence=f"{match.sentence} {sentence}")


def _by_external_id(claims: IdentityClaims, connection: Connection) -> tuple[list[User], str]:
    """The connection's own users, locked; and an external ID of the login that several of them have.

    Entra maps externalId to the mail nickname by default, which may repeat: such a value names nobody.
    """
    own = User.objects.in_account(connection.account_id).filter(_own_people(connection))
    others = own.filter(external_id=OuterRef("external_id")).exclude(pk=OuterRef("pk"))
    users = own.filter(external_id__in=[value for value in claims.external_ids if value])
    users = users.annotate(is_shared=Exists(others)).order_by("is_shared", "id")
    found = list(users.values_list("pk", "external_id", "is_shared")[:3])
    shared = next((value for _, value, is_shared in found if is_shared), "")
    return _locked(users.filter(is_shared=False), [key for key, _, is_shared in found if not is_shared]), shared


def _own_people(connection: Connection) -> Q:
    """Those whose external ID and plain user name this connection's provisioning stored. Where there is no other that
    is not a draft, also those of whom it is not known."""
    serving = Connection.objects.in_account(connection.account_id).exclude(state=ConnectionState.DRAFT)
    is_only = ~Q(Exists(serving.exclude(pk=connection.pk)))
    return Q(provisioned_by=connection.pk) | (Q(provisioned_by=None) & is_only)


def _by_name(claims: IdentityClaims, connection: Connection, signed_in: User | None) -> Match:
    names = {fold(name) for name in claims.user_names}
    plain = {name for name in names if name and "@" not in name}
    own = _verified_keys(connection, {*names, *({fold(claims.email)} if claims.email_trusted else ())})
    usable = _candidates(
        connection,
        Q(email_key__in=own) | Q(user_name_key__in=own) | (_own_people(connection) & Q(user_name_key__in=plain)),
    )
    if not usable:
        _refuse_anothers_email(claims, connection, own)
        return Match(None, None, "No user matched: a first login.")
    # Those who link because a move to this connection is on, by verified e-mail only: user -> where they come from.
    others = [user for user in usable if not _may_be_linked(user, signed_in)]
    known = [user.pk for user in others if not own.isdisjoint((user.email_key, user.user_name_key))]
    moving = who_link(known, connection.pk, connection.account_id) if known else {}
    match = _only_one(claims, signed_in, usable, "their e-mail address or user name", moving)
    if match is None:
        raise _taken(claims, connection, usable[0])
    return match


def _refuse_anothers_email(claims: IdentityClaims, connection: Connection, own: set[str]) -> None:
    """Raises LoginRefused when a user has the e-mail that matched none, saying why it does not match; and
    ChangedMeanwhile when it would match now, because the user was created since."""
    key = fold(claims.email)
    if not _candidates(connection, Q(email_key=key) | Q(user_name_key=key)):
        return
    if key in own:
        raise ChangedMeanwhile
    if claims.guest:
        raise LoginRefused(
            "guest",
            "a member of the Entra tenant, because a user with this e-mail exists",
            f"'{claims.email}' of a guest ({claims.guest}), whose e-mail another organization can set to anything",
        )
    if foreign := foreign_domain(connection.account_id, connection.pk, [claims.email]):
        raise of_foreign_domain(claims, foreign)
    raise _why_not_found(claims, connection, key)


def _why_not_found(claims: IdentityClaims, connection: Connection, key: str) -> LoginRefused:
    """Why the e-mail (folded) of a member, of no other connection's domain, does not find the user who has it."""
    domain = domain_of(claims.email)
    if not claims.email_trusted:
        claim, value = claims.email_denied_by
        received = f"the claim “{claim}” with the value {value}" if claim else "which it does not say is verified"
        # A verified domain is not enough here; without it both are to be done.
        is_verified = bool(_verified_keys(connection, {key}))
        also = "" if is_verified else f" Verify the domain '{domain}' on the connection's page too."
        return LoginRefused(
            "email-not-verified",
            "an e-mail that the identity provider says is verified, because a user with it exists",
            f"'{claims.email}', {received}",
            f"{_VERIFY[claim]}, or provision the user with the login's subject as externalId.{also}",
        )
    owner = owners_of([domain_of(key)]).get(domain_of(key))
    if owner and owner.account_id == connection.account_id:
        return LoginRefused(
            "domain-not-attached",
            "an e-mail of a domain that is verified for this connection, because a user with it exists",
            f"'{claims.email}', whose domain this account has verified, but not for '{connection.name}'",
            (
                f"An account admin adds the domain '{domain}' to this connection, on its page. It need not be"
                " verified again."
            ),
        )
    return LoginRefused(
        "email-not-proved",
        "an e-mail of a domain that is verified for this connection, because a user with it exists",
        f"'{claims.email}'",
        f"Verify the domain '{domain}' on the connection's page, then log in again.",
    )


def _candidates(connection: Connection, condition: Q) -> list[User]:
    """Locked. Where none is found no row is locked: a create then locks the account, and an erasure has it.

    Raises ChangedMeanwhile when one of them no longer matches by the time they are locked.
    """
    users = User.objects.in_account(connection.account_id).filter(condition).order_by("id")
    return _locked(users, list(users.values_list("pk", flat=True)[:3]))


def _locked(users: QuerySet[User], keys: list[UUID]) -> list[User]:
    if not keys:
        return []
    found = users.filter(pk__in=keys).select_related("account_role", "account")
    locked = list(found.select_for_update(of=("self",)))
    if len(locked) < len(keys):
        raise ChangedMeanwhile
    return locked


def _only_one(
    claims: IdentityClaims, signed_in: User | None, candidates: list[User], by: str, moving: Mapping[UUID, str] = NOBODY
) -> Match | None:
    eligible = [user for user in candidates if user.pk in moving or _may_be_linked(user, signed_in)]
    if len(eligible) > 1:
        found = " and ".join(sorted(user.email for user in eligible))
        names = ", ".join(f"'{name}'" for name in claims.user_names) or "none"
        received = f"two: {found} (e-mail '{claims.email}', names {names})"
        raise LoginRefused("two-users-match", "one user of this account for the login", received)
    if not eligible:
        return None
    user = eligible[0]
    moved = f" in the move of users from {moving[user.pk]}" if user.pk in moving else ""
    return Match(user, None, f"Matched {user.email} by {by}{moved}, and linked for future logins.")


def _may_be_linked(user: User, signed_in: User | None) -> bool:
    if user.state in (UserState.PENDING, UserState.DEPROVISIONED):
        return True  # the caller refuses the deprovisioned, by name
    if signed_in is not None and user.pk == signed_in.pk:
        return True
    # A disabled password is no way to sign in (`docs/decisions/0014`).
    can_sign_in = user.origin == UserOrigin.PASSWORD and may_use(user)
    return not can_sign_in and not user.identities.exists()


def _verified_keys(connection: Connection, keys: Iterable[str]) -> set[str]:
    """Those of these folded names that are e-mails of a domain that the account has verified for this connection: a
    partner's identity provider does not speak for the company's own addresses."""
    by_domain = {key: domain for key in keys if (domain := domain_of(key))}
    if not by_domain:
        return set()
    found = owners_of(set(by_domain.values()))
    own = {of for of, owner in found.items() if owner.account_id == connection.account_id and owner.has(connection.pk)}
    return {key for key, domain in by_domain.items() if domain in own}


def of_foreign_domain(claims: IdentityClaims, foreign: ForeignDomain) -> LoginRefused:
    """Also for a new user: none is created with an e-mail of another connection's domain."""
    return LoginRefused(
        "domain-of-another-connection",
        "an e-mail of a domain that this connection is responsible for",
        f"'{claims.email}' of the domain {foreign}",
        (
            f"The user signs in through {named(foreign.connections)}, or an account admin adds the domain"
            f" '{foreign.domain}' to this connection too."
        ),
    )


def _taken(claims: IdentityClaims, connection: Connection, user: User) -> LoginRefused:
    """A user matches by e-mail or name and signs in another way. One query more, for that way."""
    through = sorted(set(user.identities.values_list("connection__name", flat=True)))
    return LoginRefused(
        "email-taken",
        "the subject already linked to this user, or a user without a linked identity and without a password",
        f"'{claims.email}' with the subject '{claims.subject}'. This user already signs in {_by(through)}",
        _way_out(connection, through),
        side=Side.TORQUE if through else Side.USER,
    )


def _by(through: Sequence[str]) -> str:
    """ "through Okta", "through Microsoft and Okta", or "with a password"."""
    return f"through {' and '.join(through)}" if through else "with a password"


def _way_out(connection: Connection, through: Sequence[str]) -> str:
    """How to link both, and who does it."""
    if not through:
        return "The user signs in with the password, then uses “Log in with SSO” in the same browser to link both."
    if connection.name in through:
        return (
            f"{connection.name} sends another subject than before, for example because the user was deleted and created"
            " again there. If it is the same person, an admin uses “Remove identity” on the user's page, then the user"
            " logs in again. If many users arrive with another subject, an account admin starts a move on the"
            " connection's page under “Move users”."
        )
    return (
        f"If it is the same person, the user signs in {_by(through)}, then through {connection.name} in the same"
        " browser; or an admin uses “Remove identity” on the user's page. For many users, an account admin starts a"
        f" move on the page of {connection.name} under “Move users”."
    )

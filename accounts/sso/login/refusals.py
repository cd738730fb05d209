"""Why a verified login may not be a user here, in words for the admin."""

from collections.abc import Sequence

from accounts.connections.domains.sign_in_choices import domain_of
from accounts.connections.scope import ForeignDomain, named
from accounts.models import Connection, User
from accounts.sso.claims import IdentityClaims
from accounts.sso.refusal import LoginRefused
from accounts.sso.refusals.row import Side


def ambiguous(claims: IdentityClaims, users: list[User]) -> LoginRefused:
    names = " and ".join(sorted(user.email for user in users))
    return LoginRefused(
        "two-users-match",
        "one user of this account for the login",
        f"two: {names} (e-mail '{claims.email}', names {_quoted(claims.user_names)})",
    )


def spellings_of_two(claims: IdentityClaims, known: list[tuple[str, str]]) -> LoginRefused:
    """`known`: e-mail of the user, and the subject that is kept of them."""
    return LoginRefused(
        "two-users-match",
        "one user of this connection whose subject is this e-mail address in any letter case",
        f"'{claims.subject}', while {' and '.join(f'{email} has {subject!r}' for email, subject in known)}",
    )


def guest(claims: IdentityClaims) -> LoginRefused:
    return LoginRefused(
        "guest",
        "a member of the Entra tenant, because a user with this e-mail exists",
        f"'{claims.email}' of a guest ({claims.guest}), whose e-mail another organization can set to anything",
    )


def guest_by_email(claims: IdentityClaims) -> LoginRefused:
    return LoginRefused(
        "guest",
        "a guest of the Entra tenant to be known by object ID",
        f"the subject '{claims.subject}', an e-mail of this company, of a guest ({claims.guest})",
        "Send the object identifier (SAML attribute objectidentifier), which Entra does by default.",
    )


def foreign_domain(claims: IdentityClaims, foreign: ForeignDomain) -> LoginRefused:
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


def deprovisioned(user: User) -> LoginRefused:
    return LoginRefused("deprovisioned", "a user with access", f"{user.email}, who was deprovisioned")


def not_announced(claims: IdentityClaims, connection: Connection) -> LoginRefused:
    return LoginRefused(
        "not-announced",
        f"a user created by provisioning, as connection '{connection.name}' is set",
        f"'{claims.email}', who has no user here",
    )


def no_new_people(claims: IdentityClaims, connection: Connection, user: User | None) -> LoginRefused:
    received = f"{user}, who is pending" if user else f"'{claims.email}', who has no user here"
    return LoginRefused(
        "no-new-people",
        f"an active user, as connection '{connection.name}' takes no new users",
        received,
    )


# Claim -> what makes the identity provider send another value; "" where it sends no claim at all.
_VERIFY = {
    "email_verified": "Have the user verify this e-mail at the identity provider, or correct it there",
    "xms_edov": "Verify the e-mail's domain as a custom domain name of the Entra tenant",
    "": "Let the application send the claim “email_verified” with the value true",
}


def unverified_email(claims: IdentityClaims, *, domain_verified: bool) -> LoginRefused:
    """`domain_verified`: whether the account has verified the e-mail's domain for this connection, which is not enough
    here; without it both are to be done."""
    claim, value = claims.email_denied_by
    received = f"the claim “{claim}” with the value {value}" if claim else "which it does not say is verified"
    also = "" if domain_verified else f" Verify the domain '{domain_of(claims.email)}' on the connection's page too."
    return LoginRefused(
        "email-not-verified",
        "an e-mail that the identity provider says is verified, because a user with it exists",
        f"'{claims.email}', {received}",
        f"{_VERIFY[claim]}, or provision the user with the login's subject as externalId.{also}",
    )


def unattached_domain(claims: IdentityClaims, connection: Connection) -> LoginRefused:
    domain = domain_of(claims.email)
    return LoginRefused(
        "domain-not-attached",
        "an e-mail of a domain that is verified for this connection, because a user with it exists",
        f"'{claims.email}', whose domain this account has verified, but not for '{connection.name}'",
        (
            f"An account admin adds the domain '{domain}' to this connection, on its page. It need not be"
            " verified again."
        ),
    )


def unverified_domain(claims: IdentityClaims) -> LoginRefused:
    domain = domain_of(claims.email)
    return LoginRefused(
        "email-not-proved",
        "an e-mail of a domain that is verified for this connection, because a user with it exists",
        f"'{claims.email}'",
        f"Verify the domain '{domain}' on the connection's page, then log in again.",
    )


def taken(claims: IdentityClaims, connection: Connection, user: User) -> LoginRefused:
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


def _quoted(names: tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in names) or "none"

"""Why a login that knows nobody by its subject may not be the user who has its e-mail, in words for the admin."""

from accounts.models import User
from accounts.services.connection_scope import ForeignDomain, named
from accounts.sso.claims import IdentityClaims
from accounts.sso.refusal import LoginRefused, Side


def ambiguous(claims: IdentityClaims, users: list[User]) -> LoginRefused:
    names = " and ".join(sorted(user.email for user in users))
    return LoginRefused(
        "two-users-match",
        expected="one user of this account for the login",
        received=f"two: {names} (e-mail '{claims.email}', names {_quoted(claims.user_names)})",
        side=Side.TORQUE,
        next_step="Delete the user that is not this person, or correct its e-mail or user name, then log in again.",
    )


def guest(claims: IdentityClaims) -> LoginRefused:
    return LoginRefused(
        "guest",
        expected="a member of the Entra tenant, because a user with this e-mail exists",
        received=f"'{claims.email}' of a guest ({claims.guest}), whose e-mail another organization can set to anything",
        side=Side.IDENTITY_PROVIDER,
        next_step="If the guest is this user, provision the guest with externalId mapped to objectId: then the object"
        " ID finds them. If not, change the e-mail of one of the two.",
    )


def guest_by_email(claims: IdentityClaims) -> LoginRefused:
    return LoginRefused(
        "guest",
        expected="a guest of the Entra tenant to be known by object ID",
        received=f"the subject '{claims.subject}', an e-mail of this company, of a guest ({claims.guest})",
        side=Side.IDENTITY_PROVIDER,
        next_step="Send the object identifier (SAML attribute objectidentifier), which Entra does by default.",
    )


def foreign_domain(claims: IdentityClaims, foreign: ForeignDomain) -> LoginRefused:
    """Also for somebody new: nobody is created with an e-mail that another connection speaks for."""
    return LoginRefused(
        "domain-of-another-connection",
        expected="an e-mail of a domain that this connection speaks for",
        received=f"'{claims.email}' of the domain {foreign}",
        side=Side.TORQUE,
        next_step=f"The person signs in through {named(foreign.connections)}, or an account admin adds the domain"
        f" '{foreign.domain}' to this connection too.",
    )


def unverified_email(claims: IdentityClaims) -> LoginRefused:
    return LoginRefused(
        "email-not-verified",
        expected="an e-mail that the identity provider says is verified, because a user with it exists",
        received=f"'{claims.email}', which it does not say is verified",
        side=Side.IDENTITY_PROVIDER,
        next_step="Let the application send the claim “email_verified” with the value true, or provision the person"
        " with the login's subject as externalId.",
    )


def unproved_domain(claims: IdentityClaims) -> LoginRefused:
    domain = claims.email.rpartition("@")[2]
    return LoginRefused(
        "email-not-proved",
        expected="an e-mail of a domain that this account proved for this connection, because a user with it exists",
        received=f"'{claims.email}'",
        side=Side.TORQUE,
        next_step=f"Prove the domain '{domain}' on the connection's page, then log in again.",
    )


def taken(claims: IdentityClaims, user: User) -> LoginRefused:
    return LoginRefused(
        "email-taken",
        expected="a person who is pending, or the subject that this user has had so far",
        received=f"'{claims.email}' of a {user.get_origin_display()} user, with another subject: '{claims.subject}'",
        side=Side.PERSON,
        next_step="Log in the way that works today, then use “Log in with SSO” in the same browser to link both.",
    )


def _quoted(names: tuple[str, ...]) -> str:
    return ", ".join(f"'{name}'" for name in names) or "none"

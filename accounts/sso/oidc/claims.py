"""PURE. From the verified claims of an ID token to `IdentityClaims` (`protocol.md` 6.6 and section 9)."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from accounts.connections.provider import tenants
from accounts.connections.vendors import ENTRA, VENDORS
from accounts.sso import masking
from accounts.sso.attributes import guests
from accounts.sso.attributes import reading as attributes
from accounts.sso.attributes.reading import first_text, text_values
from accounts.sso.claims import IdentityClaims
from accounts.sso.refusal import LoginRefused
from accounts.sso.trace import Trace
from common import timestamps
from common.folding import fold

Claims = Mapping[str, Any]

_SESSION_LIMIT = 255
_HINT_LIMIT = 1024

# Entra's names for a user; all may change hands, so they are good for a first match only.
_USER_NAMES = ("preferred_username", "upn", "unique_name")
# By which it is decided whether an e-mail or a name may find a user.
_TRUSTED_BY = ("tid", "acct", "idp", "email_verified", "xms_edov")
# What the protocol itself uses; not shown among the attributes that arrived.
_PROTOCOL_CLAIMS = frozenset(
    name
    for names in (
        ("iss", "aud", "azp", "sub", "exp", "iat", "nbf", "nonce", "jti"),  # RFC 7519, OpenID Connect Core
        ("at_hash", "c_hash", "s_hash", "auth_time", "amr", "acr", "sid"),
        ("ver", "rh", "uti", "aio"),  # Entra's own
    )
    for name in names
)

_REMARK = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\])\s*$")  # "Lee, Ann (Contractor)"
_COMMA = re.compile(r"[,\uff0c\u3001]")
# They follow a name after a comma and are neither of its parts.
_SUFFIXES = frozenset("jr sr ii iii iv esq phd md dds ba bsc ma msc mba dr prof".split())


class OidcConnection(Protocol):
    """What is read of a connection."""

    id: UUID
    issuer: str
    tenant_id: str
    vendor: str
    clock_skew: int
    attribute_names: Any  # our field -> claim name


def identity(
    connection: OidcConnection, claims: Claims, expires_at: datetime, trace: Trace | None = None
) -> IdentityClaims:
    """The user of verified claims. `expires_at`: when the token would be refused anyway. Raises LoginRefused."""
    own = connection.attribute_names
    names = VENDORS[connection.vendor].names("oidc", own)
    arrived = {name: value for name, value in claims.items() if name not in _PROTOCOL_CLAIMS or name in own.values()}
    if trace is not None:  # values only of claims that are used
        shown = shown_claims(connection)
        trace.attributes = masking.masked_attributes(arrived, shown, names.get("groups", ()))
        trace.message = masking.masked_claims(claims, shown)
    fields = attributes.profile(arrived, names, own, groups_elsewhere(claims))
    # A user name in the shape of an e-mail; a guest's is made up by Entra and is no address.
    candidates = (text for name in _USER_NAMES for text in text_values(arrived.get(name)))
    fields["email"] = fields["email"] or attributes.first_email(
        text for text in candidates if not guests.is_made_up(text)
    )
    if not fields["email"]:
        raise _no_email(arrived, names)
    guest = _guest(connection, claims)
    trust = _trust(connection, claims, fields["email"], guest)
    fields["remarks"] = (*fields["remarks"], *filter(None, [trust.remark]))
    if not fields["first_name"] and not fields["last_name"]:
        fields["first_name"], fields["last_name"] = split_name(first_text(arrived, ("name",)))
    # R12: for Entra tenant and object ID, which all applications of the tenant share; else `sub` of this issuer.
    is_entra = connection.vendor == ENTRA.key
    user_names = (first_text(claims, (name,)) for name in _USER_NAMES) if trust.names else ()
    return IdentityClaims(
        **fields,
        subject=entra_subject(claims) if is_entra else claims["sub"],
        external_ids=(claims["oid" if is_entra else "sub"],),
        connection_id=connection.id,
        issuer=connection.issuer,
        email_trusted=trust.email,
        email_denied_by=trust.denied_by,
        guest=guest,
        user_names=tuple(dict.fromkeys(filter(None, user_names))),
        message_id=first_text(claims, ("jti", "nonce")),
        message_expires_at=expires_at,
        authenticated_at=_authenticated_at(claims),
        idp_session=session_name(claims.get("sid")),
        logout_hints={"login_hint": hint} if (hint := first_text(claims, ("login_hint",))[:_HINT_LIMIT]) else {},
        received_names=tuple(sorted(arrived)),
    )


def shown_claims(connection: OidcConnection) -> set[str]:
    """Names of claims whose values are used."""
    names = VENDORS[connection.vendor].names("oidc", connection.attribute_names)
    return {*(name for tried in names.values() for name in tried), *_USER_NAMES, *_TRUSTED_BY, "name"}


def entra_subject(claims: Claims) -> str:
    return f"{claims['tid'].lower()}/{claims['oid']}"


def session_name(sid: object) -> str:
    """The provider's name of its session, as it is kept and looked for."""
    return first_text({"sid": sid}, ("sid",))[:_SESSION_LIMIT]


def groups_elsewhere(claims: Claims) -> frozenset[str]:
    """Claims that Entra left out because their groups are too many. The address it names for them is never followed."""
    flag = claims.get("hasgroups")
    marked = flag is True or (isinstance(flag, str) and flag.lower() == "true")
    elsewhere = claims.get("_claim_names")
    named = elsewhere if isinstance(elsewhere, dict) else ()
    return frozenset((*named, *(("groups",) if marked else ())))


def _no_email(claims: Claims, names: Mapping[str, tuple[str, ...]]) -> LoginRefused:
    looked_for = ", ".join(f"“{name}”" for name in (*names.get("email", ()), *_USER_NAMES))
    return LoginRefused(
        "no-email",
        f"an e-mail address in one of the claims {looked_for}",
        f"none. {attributes.arrived(claims)}".rstrip("."),
        "Let the application send the claim “email”, or set the connection's name for it.",
    )


@dataclass(frozen=True)
class _Trust:
    """Whether e-mail and user names may find a user who exists; `remark`: why not; `denied_by`: claim and value."""

    remark: str = ""
    email: bool = True
    names: bool = True
    denied_by: tuple[str, str] = ("", "")


def _trust(connection: OidcConnection, claims: Claims, email: str, guest: str) -> _Trust:
    """By the table of `docs/decisions/0021`. Where users can write their own e-mail, so is a user name."""
    if guest:
        return _nobody(f"A guest of the tenant ({guest}): the e-mail is their home's, and is not used to find a user.")
    said = claims.get("email_verified")
    if said is not None and not _says_yes(said):
        return _nobody(
            "The provider says that the e-mail is not verified: it is kept for contact, not used to find a user.",
            denied_by=("email_verified", _value(said)),
        )
    if _says_no(claims.get("xms_edov")):
        remark = "Entra says that the owner of the e-mail's domain is not verified: it is not used to find a user."
        return _Trust(remark, email=False, denied_by=("xms_edov", _value(claims["xms_edov"])))
    vouched = said is not None and fold(email) == fold(first_text(claims, ("email",)))
    if vouched or VENDORS[connection.vendor].email_verified_unless_denied:
        return _Trust()
    return _nobody(
        f"The provider does not say that '{email}' is verified (“email_verified”: true, beside the claim “email”):"
        " it is kept for contact, not used to find a user."
    )


def _nobody(remark: str, denied_by: tuple[str, str] = ("", "")) -> _Trust:
    return _Trust(remark, email=False, names=False, denied_by=denied_by)


def _value(said: object) -> str:
    """As JSON writes it, short enough for a sentence."""
    return json.dumps(said)[:100]


def _guest(connection: OidcConnection, claims: Claims) -> str:
    """Why this is a guest of an Entra tenant; empty: a member. Also where Entra was connected as another vendor."""
    is_entra = connection.vendor == ENTRA.key or tenants.is_microsoft(connection.issuer)
    names = (*_USER_NAMES, *VENDORS[connection.vendor].names("oidc", connection.attribute_names)["email"])
    return guests.why_guest(
        guests.Signs(
            account_status=guests.values_of([claims.get("acct")]),
            providers=guests.values_of([claims.get("idp")]),
            names=tuple(text for name in names for text in text_values(claims.get(name))),
            issuer=connection.issuer,
            tenant=own_tenant(connection) if is_entra else tenants.as_guid(first_text(claims, ("tid",))),
            is_entra=is_entra,
        )
    )


def own_tenant(connection: OidcConnection) -> str:
    """The tenant that tokens have to be of: the connection's, else the GUID of its issuer; empty: none is known."""
    return connection.tenant_id or tenants.tenant_of(connection.issuer)


def _says_no(value: object) -> bool:
    return value is False or value == 0 or (isinstance(value, str) and value.lower() in ("false", "0"))


def _says_yes(value: object) -> bool:
    return value is True or value == 1 or (isinstance(value, str) and value.lower() in ("true", "1"))


def split_name(whole: str) -> tuple[str, str]:
    """First and last name: after a comma comes the first name ("Lee, Ann"), else the first word is it."""
    name = _REMARK.sub("", whole) or whole
    parts = (" ".join(part.split()) for part in _COMMA.split(name))
    last, *others = [part for part in parts if part and part.replace(".", "").casefold() not in _SUFFIXES] or [""]
    if others:
        return others[0], last
    first, _, last = last.partition(" ")
    return first, last


def _authenticated_at(claims: Claims) -> datetime:
    """`auth_time` when it is there and makes sense, else when the token was issued."""
    issued = claims["iat"]
    time = claims.get("auth_time")
    if not isinstance(time, int) or isinstance(time, bool) or not 0 < time <= issued:
        time = issued
    return timestamps.of_seconds(time)

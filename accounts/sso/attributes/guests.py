"""PURE. Whether a login is a guest's of an Entra tenant (`protocol.md` 6.6, `docs/decisions/0021`).

A guest's e-mail is what another organization's administrator set it to, so it matches no user here ("nOAuth").
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from accounts.connections.provider.tenants import as_guid, is_microsoft, tenant_of

# In the user principal name that Entra makes up for a guest; also as an address writes it.
_MADE_UP = re.compile(r"(#|%23)ext(#|%23)", re.IGNORECASE)
# The same where the application asked for names without the hash.
_MADE_UP_WITHOUT_HASH = re.compile(r"_ext_@", re.IGNORECASE)
_MEMBER = ("", "0", "false")
_GUEST = ("1", "true")
_LONGEST_SHOWN = 100


@dataclass(frozen=True)
class Signs:
    """What a login says that tells guests from members. `account_status`: `acct`, 0 or 1; `providers`: `idp`, or SAML's
    `identityprovider`, which is the tenant itself for a member; `names`: user names and e-mails.

    `issuer` and `tenant`: of the tenant that sent it, empty where it is not known. `is_entra`: all of this comes from
    Entra; from others `acct` and `idp` may mean anything, and only what cannot be misread counts.
    """

    account_status: tuple[object, ...] = ()
    providers: tuple[object, ...] = ()
    names: tuple[str, ...] = ()
    issuer: str = ""
    tenant: str = ""
    is_entra: bool = True


def why_guest(signs: Signs) -> str:
    """Which of the signs says so, for a sentence; empty: a member."""
    for value in signs.account_status:
        text = _text(value)
        if text in _GUEST or (signs.is_entra and text not in _MEMBER):
            return f"acct is {_shown(value)}"
    for value in signs.providers:
        if _is_foreign(_text(value), signs):
            return f"signed in at {_shown(value)}"
    made_up = next((name for name in signs.names if is_made_up(name, is_entra=signs.is_entra)), "")
    return f"named {_shown(made_up)}" if made_up else ""


def is_made_up(name: str, *, is_entra: bool = True) -> bool:
    """Whether Entra made this name for a guest: `ann_home.example#EXT#@tenant.onmicrosoft.com`."""
    return bool(_MADE_UP.search(name) or (is_entra and _MADE_UP_WITHOUT_HASH.search(name)))


def values_of(found: Iterable[object]) -> tuple[object, ...]:
    """The values of claims or attributes; those of a list one by one, absent ones left out."""
    lists = (value if isinstance(value, list | tuple) else (value,) for value in found if value is not None)
    return tuple(item for values in lists for item in values)


def _is_foreign(provider: str, signs: Signs) -> bool:
    """Whether a provider (in lower case) is not the tenant itself, by neither form of its issuer nor its GUID alone."""
    if provider in ("", signs.issuer.strip().lower()):
        return False
    named = as_guid(provider) or (tenant_of(provider) if is_microsoft(provider) else "")
    if signs.is_entra:
        return not named or named != signs.tenant.lower()
    return bool(named and signs.tenant) and named != signs.tenant.lower()


def _text(value: object) -> str:
    """As it is compared; 1.0 and 1 are the same number to JSON."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip().lower()


def _shown(value: object) -> str:
    text = str(value)[:_LONGEST_SHOWN]
    return "'" + "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text) + "'"

"""PURE. Every way to refuse a login, by its code: the one place for the sentences to admin and user.

A new check is a row in one of the tables here, and a `LoginRefused` where it is made. Codes are stored and searched for
by operators: they stay as they are.
"""

from collections.abc import Mapping

from accounts.sso.refusals import consoles, login_rows, oidc_rows, provider_rows, saml_rows
from accounts.sso.refusals.row import Part, Row, Side

CATALOGUE: Mapping[str, Row] = {
    row.code: row for row in (*login_rows.ROWS, *provider_rows.ROWS, *saml_rows.ROWS, *oidc_rows.ROWS)
}

START_AGAIN = "This sign-in took too long or was used already. Please start again."
TELL_ADMIN = "Your company's sign-in answered in a way that we could not accept. Please tell your administrator."


def part_of(code: str) -> Part:
    """The part of a login that ends with this refusal."""
    return CATALOGUE[code].part


def place(code: str, vendor: str, protocol: str) -> str:
    """Where to change it in that vendor's console; empty: nowhere there, or not known."""
    row = CATALOGUE.get(code)
    return consoles.PLACES.get((vendor, protocol), {}).get(row.setting, "") if row else ""


def text_for_user(code: str, side: str) -> str:
    """What the user reads. `code`: also of a former release."""
    row = CATALOGUE.get(code)
    return (row.text if row else "") or (START_AGAIN if side == Side.USER else TELL_ADMIN)

"""Where a sign-in led, for the browser that brings its answer again: back button, reload, double click.

Kept in the session that the sign-in opened, so it ends with it: after a logout, and in every other browser, an answer
that was used is refused. Nobody is signed in here (`docs/decisions/0028`).
"""

from uuid import UUID

from django.http import HttpRequest

from accounts.models import SignInTransaction

_KEPT_AS = "sign_ins"
_KEPT = 6  # names; two for each sign-in


def remember(request: HttpRequest, row: SignInTransaction, place: str) -> None:
    """`place`: the local path that the person was sent to."""
    names = [str(row.pk), *filter(None, [row.answer_digest])]
    known = {**request.session.get(_KEPT_AS, {}), **dict.fromkeys(names, place)}
    request.session[_KEPT_AS] = dict(list(known.items())[-_KEPT:])


def place_of(request: HttpRequest, transaction_id: UUID, row: SignInTransaction | None) -> str:
    """Where this browser's present session came to by that sign-in, or by the same answer; empty for all others.

    `row`: the sign-in, unless it is gone already.
    """
    if not request.user.is_authenticated:
        return ""
    known: dict[str, str] = request.session.get(_KEPT_AS, {})
    return known.get(str(transaction_id)) or known.get(row.answer_digest if row else "", "")

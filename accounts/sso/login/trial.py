"""A test of a connection by its admin: a whole sign-in at the real identity provider that saves nothing.

The same code as a login, in a transaction that is thrown away; what would have happened is in the login record.
"""

from django.http import HttpResponseRedirect
from django.urls import reverse

from accounts import login_records
from accounts.connections.settings_digest import digest_of
from accounts.models import Connection, LoginRecord, SignInTransaction, User
from accounts.models.identity import LoginOutcome
from accounts.sso.claims import IdentityClaims
from accounts.sso.login import received_groups
from accounts.sso.login.complete import record_of
from accounts.sso.login.preview import Preview, try_out
from accounts.sso.refusal import LoginRefused
from accounts.sso.refusals.row import Part
from accounts.sso.trace import Mark, Trace


def tried(
    claims: IdentityClaims, connection: Connection, row: SignInTransaction, signed_in: User | None, trace: Trace
) -> LoginRecord:
    """The record of a test that passed. Raises LoginRefused, also for all but the admin who started it."""
    if signed_in is None or signed_in.pk != row.tester_id:
        raise LoginRefused(
            "test-of-another",
            "the admin who started this test, still signed in here",
            "somebody else" if signed_in else "nobody who is signed in",
        )
    claims = received_groups.settled(claims, connection)
    preview = try_out(claims, connection, trace)
    add_outcome(trace, preview)
    tested = row.settings_digest  # the fingerprint of what passed
    if digest_of(connection) != tested:  # changed while the tester was at the IdP
        changed = "Settings were changed during this test, so it does not count for enforcing SSO."
        trace.add(Part.SESSION, [changed], Mark.NOTED)
        tested = ""
    own = {"tester": signed_in, "settings_digest": tested}
    return record_of(claims, connection, LoginOutcome.TESTED, [*preview.decisions], trace, **own)


def refused(refusal: LoginRefused, connection: Connection, claims: IdentityClaims | None, trace: Trace) -> LoginRecord:
    trace.failed(refusal)
    seen = {} if claims is None else {"email": claims.email[:320], "subject": claims.subject[:512]}
    return login_records.record_refusal(connection, refusal.code, str(refusal), **seen, **trace.for_record())


def shown(record: LoginRecord) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("login-record", args=[record.reference]), status=303)


def add_outcome(trace: Trace, preview: Preview) -> None:
    """The outcome that the login would have, as the last steps."""
    trace.add(Part.GROUPS, (f"Would join group '{name}'." for name in preview.groups_joined))
    trace.add(Part.GROUPS, (f"Would leave group '{name}'." for name in preview.groups_left))
    trace.add(Part.SESSION, ["A test: nothing was saved, and nobody was signed in."], Mark.NOTED)

"""Set-up steps from a new connection to a live one; can be left and continued at any step."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.connections.connections import lacks_client_secret, missing
from accounts.connections.settings_digest import digest_of
from accounts.connections.vendors import VENDORS
from accounts.models import Connection, LoginRecord
from accounts.models.identity import ConnectionState, LoginOutcome
from accounts.permissions import Permission
from accounts.sso.trace import message_was_verified
from console.connections.steps import Seen, fields_in, steps_of
from console.connections.tabs import connection_of, set_up_of, shown
from console.shared.guards import has_all_permissions, needs

LOOKED_AT = 20  # of the latest attempts


@require_safe
@needs(Permission.MANAGE_SSO)
def set_up(request: HttpRequest, connection_id: UUID) -> HttpResponse:
    connection = connection_of(request, connection_id)
    seen = _seen(connection, has_all_permissions(request))
    steps = steps_of(set_up_of(connection), seen)
    return shown(request, connection, "connection-set-up", "connections/set_up.html", steps=steps, seen=seen)


def _seen(connection: Connection, has_all: bool) -> Seen:
    attempts = LoginRecord.objects.in_account(connection.account_id).filter(connection=connection).order_by("-at")
    tests = attempts.filter(outcome=LoginOutcome.TESTED)
    of_these_settings = tests.filter(settings_digest=digest_of(connection))
    good = attempts.filter(outcome__in=(LoginOutcome.TESTED, LoginOutcome.SIGNED_IN)).defer("message", "steps").first()
    latest = list(attempts.defer("message")[:LOOKED_AT])
    last, verified = next(iter(latest), None), next(filter(_is_verified, latest), None)
    seen = max(filter(None, (good, verified)), key=lambda record: record.at, default=None)
    domains = [(row.domain, row.proved_at) for row in connection.domains.order_by("domain")]
    names = VENDORS[connection.vendor].names(connection.protocol, connection.attribute_names)
    return Seen(
        missing=missing(connection),
        lacks_secret=lacks_client_secret(connection),
        verified=[domain for domain, proved_at in domains if proved_at],
        unverified=[domain for domain, proved_at in domains if not proved_at],
        answered=seen is not None,
        arrived=fields_in(seen.attributes, names, email=seen.email) if seen else frozenset(),
        tested=tests.exists(),
        passed=of_these_settings.values_list("reference", flat=True).first() or "",
        refused=last.reference if last and last.outcome == LoginOutcome.REFUSED else "",
        is_live=connection.state == ConnectionState.LIVE,
        has_all_permissions=has_all,
    )


def _is_verified(record: LoginRecord) -> bool:
    """Whether the message itself was valid, even if a later check refused it: the details at the provider are right."""
    return bool(record.subject) or message_was_verified(record.steps)

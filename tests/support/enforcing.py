"""Short ways to an account that enforces SSO."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts import login_records
from accounts.audit.audit import OPERATOR
from accounts.connections import enforcement
from accounts.connections.settings_digest import digest_of
from accounts.models import Account, Connection, LoginRecord, User
from tests.support.cast import Cast
from tests.support.factories import saml_connection
from tests.support.secrets_in_logs import secret


def passed_test(connection: Connection, tester: User, *, hours_ago: float = 0, **values: Any) -> LoginRecord:
    """What a test login that passed leaves behind."""
    record = LoginRecord.objects.create(
        account_id=connection.account_id,
        connection=connection,
        reference=login_records.new_reference(),
        outcome="tested",
        beginning="test",
        tester=tester,
        **{"settings_digest": digest_of(connection), **values},
    )
    LoginRecord.objects.filter(pk=record.pk).update(at=timezone.now() - timedelta(hours=hours_ago))
    return record


def enforce(cast: Cast) -> list[str]:
    """Acme enforces SSO from now on; gives its recovery codes."""
    passed_test(saml_connection(cast.acme), cast.alice)
    codes = [secret(code) for code in enforcement.enforce_sso(cast.acme, acting=OPERATOR)]
    for person in (cast.alice, cast.bob, cast.petra):
        person.account = Account.objects.get(pk=cast.acme.pk)
    return codes

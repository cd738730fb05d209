"""A page of logins costs the same among very many on PostgreSQL: read by index, never counted, never skipped over.

How long it takes is for the benchmarks.
"""

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import LoginRecord
from tests.support.cast import Cast
from tests.support.factories import saml_connection

LOGINS = 100_000

pytestmark = pytest.mark.django_db(transaction=True)
_ROWS = """
    INSERT INTO accounts_loginrecord (id, account_id, connection_id, reference, at, outcome, reason, explanation, email,
        email_key, subject, decisions, beginning, steps, attributes, message)
    SELECT gen_random_uuid(), %s, %s, translate(lpad(n::text, 10, '0'), '01', 'XY'), now() - n * interval '20 seconds',
        CASE WHEN n %% 50 = 0 THEN 'refused' ELSE 'signed-in' END, '', '', 'p' || n %% 5000 || '@acme.example',
        'p' || n %% 5000 || '@acme.example', 's', '[]', 'here', jsonb_build_array(repeat('step ', 400)), '{}',
        CASE WHEN n < %s / 10 THEN repeat('<x/>', 500) ELSE '' END
    FROM generate_series(1, %s) n
"""


@pytest.fixture
def alice(cast: Cast) -> Client:
    """An admin of an account with very many logins, and the statistics that autovacuum would have made of them."""
    okta = saml_connection(cast.acme)
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [cast.acme.pk, okta.pk, LOGINS, LOGINS])
        cursor.execute("VACUUM ANALYZE accounts_loginrecord")
    browser = Client()
    browser.force_login(cast.alice, "accounts.authentication.AccountBackend")
    return browser


def asked(browser: Client, query: str) -> tuple[Any, list[str]]:
    with CaptureQueriesContext(connection) as queries:
        page = browser.get(f"/logins?{query}")
    return page, [entry["sql"] for entry in queries if "accounts_loginrecord" in entry["sql"]]


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN " + sql)
        return "\n".join(line for (line,) in cursor.fetchall())


def test_every_page_is_read_by_an_index(alice: Client) -> None:
    half = LoginRecord.objects.order_by("-at")[LOGINS // 2]
    place = f"{int(half.at.timestamp() * 1_000_000)}-{uuid4().hex}"
    reference = half.reference
    for query, rows, index in [
        ("", 50, "login_latest_first"),
        (f"before={place}", 50, "login_latest_first"),
        (f"q={reference}", 1, "login_reference_once_per_account"),
        ("person=P4711@acme.example", min(50, LOGINS // 5000), "login_of_email_latest_first"),
        ("outcome=refused", 50, "login_latest_first"),
        ("q=4711@acme", 20, ""),
        ("q=nobody", 0, ""),
    ]:
        page, statements = asked(alice, query)
        assert page.content.count(b'<th scope="row">') == rows, query
        assert not any("COUNT(" in sql or "OFFSET 5" in sql for sql in statements)
        if index:  # part of an e-mail is looked for among the nearest 100,000, by whatever is cheapest
            assert all("Seq Scan on accounts_loginrecord" not in plan_of(sql) for sql in statements), query
        assert index in plan_of(statements[-1]), query

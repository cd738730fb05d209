"""What every test may ask for."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client, TransactionTestCase

from accounts.audit import audit
from accounts.audit.words import is_plain_list
from accounts.models import AuditEntry, Connection
from accounts.sso.claims import IdentityClaims
from accounts.sso.login.complete import CompletedLogin, complete_login
from accounts.sso.trace import Trace
from common import rates
from tests.advisories.summary import pytest_terminal_summary as pytest_terminal_summary
from tests.support import cast as people
from tests.support.audit_guards import guards_off
from tests.support.partnership import Partnership, make_partnership
from tests.support.provider_fixtures import acme as acme
from tests.support.provider_fixtures import entra as entra
from tests.support.provider_fixtures import okta as okta
from tests.support.provider_fixtures import web as web
from tests.support.secrets_in_logs import Watch, gives_away, hands_on


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL only what asks for the database (pytest-django keeps it from all others) or for a service.

    The rest cannot differ there, and `make test` has run it on SQLite.
    """
    if connection.vendor == "postgresql":
        config.hook.pytest_deselected(items=[item for item in items if not _needs_a_service(item)])
        items[:] = filter(_needs_a_service, items)


def _needs_a_service(item: pytest.Item) -> bool:
    marked = any(item.get_closest_marker(name) for name in ("django_db", "services", "browser", "idps"))
    asks = not {"db", "transactional_db"}.isdisjoint(getattr(item, "fixturenames", ()))
    of_django = issubclass(getattr(item, "cls", None) or object, TransactionTestCase)
    return marked or asks or of_django


@pytest.fixture(scope="session", autouse=True)
def _a_test_may_empty_the_audit_log() -> Iterator[None]:
    """Between tests with `transaction=True` Django empties all tables, by DELETE or TRUNCATE, which the log refuses."""
    empty = TransactionTestCase._fixture_teardown

    def without_guards(case: TransactionTestCase) -> None:
        with guards_off():
            empty(case)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", without_guards)
        yield


@pytest.fixture(autouse=True)
def _cheap_passwords(settings: Any) -> None:
    """Argon2 is meant to be slow; no test looks at how a password is hashed."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(autouse=True)
def _no_thread_writes(settings: Any) -> None:
    """A test that reads the provisioning log writes it itself (`scim.request_log.flush`)."""
    settings.WORK_IN_BACKGROUND = False


@pytest.fixture(autouse=True)
def _full_buckets(monkeypatch: pytest.MonkeyPatch) -> None:
    """What other tests asked does not count."""
    monkeypatch.setattr(rates, "_own", rates.Buckets())


@pytest.fixture(autouse=True)
def _no_secret_in_a_log() -> Iterator[None]:
    watch = Watch()
    logging.getLogger().addHandler(watch)
    yield
    logging.getLogger().removeHandler(watch)
    assert watch.found == []


@pytest.fixture(autouse=True)
def _no_secret_in_a_page(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    found: list[str] = []
    request = Client.request

    def watched(client: Client, **asked: Any) -> Any:
        answer = request(client, **asked)
        watch = not answer.streaming and not hands_on(str(asked.get("PATH_INFO", "")))
        if watch and gives_away(answer.content.decode(errors="replace")):
            found.append(f"{asked.get('REQUEST_METHOD')} {asked.get('PATH_INFO')}")
        return answer

    monkeypatch.setattr(Client, "request", watched)
    yield
    assert found == []


@pytest.fixture(autouse=True)
def _audited_changes_are_pairs(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Pages show what an audit entry holds as before and after."""
    entry, found = audit.entry, []

    def watched(acting: Any, action: str, target: Any, changes: Any, label: str = "") -> AuditEntry:
        found.extend(
            f"{action} {field}: {value!r}"
            for field, value in (changes or {}).items()
            if not is_plain_list(action, field) and not (isinstance(value, list | tuple) and len(value) == 2)
        )
        return entry(acting, action, target, changes, label)

    monkeypatch.setattr(audit, "entry", watched)
    yield
    assert found == []


@pytest.fixture
def rather_by_index(db: None) -> None:
    """Plans for a few rows as they are for many: PostgreSQL would read a small table whole, and sort."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")


@pytest.fixture
def cast(db: None) -> people.Cast:
    return people.make_cast()


@pytest.fixture
def partnership(cast: people.Cast) -> Partnership:
    """Acme with two connections."""
    return make_partnership(cast.acme)


LogIn = Callable[..., CompletedLogin]


@pytest.fixture
def log_in(django_capture_on_commit_callbacks: Callable[..., object]) -> LogIn:
    """A verified login, with what follows after commit done."""

    def complete(claims: IdentityClaims, connection: Connection, trace: Trace | None = None) -> CompletedLogin:
        with django_capture_on_commit_callbacks(execute=True):
            return complete_login(claims, connection, trace=trace)

    return complete

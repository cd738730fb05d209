"""A provider says that its session ended: by a frame in the person's browser, or from server to server."""

import time
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from accounts import sessions
from accounts.models import AuditEntry, Connection, ConsumedMessage, ExternalIdentity, SignedInSession, User
from accounts.sso.logout import oidc as oidc_logout
from tests.support import oidc_messages
from tests.support.cast import Cast
from tests.support.factories import oidc_connection
from tests.support.oidc_messages import Provider, Web, sign

pytestmark = pytest.mark.django_db
GOOD = oidc_messages.shape("okta/oidc/logout.json")
SID, SUBJECT = GOOD["sid"], GOOD["sub"]


def okta_connection(cast: Cast) -> Connection:
    account = cast.acme
    return oidc_connection(account, vendor="okta", issuer="https://acme.okta.example", tenant_id="", client_id="0oa1")


@pytest.fixture
def idp(cast: Cast, web: Web) -> Provider:
    return Provider(okta_connection(cast), web, GOOD)


def signed_in(user: User, connection: Connection, sid: str = SID, subject: str = SUBJECT) -> Client:
    """A browser whose person came through this connection, in that session of the provider."""
    browser = Client()
    browser.force_login(user, "accounts.authentication.AccountBackend")
    identity, _ = ExternalIdentity.objects.get_or_create(
        account=user.account, connection=connection, subject=subject, defaults={"user": user, "issuer": "x"}
    )
    newest = SignedInSession.objects.filter(user=user).latest("created_at")
    SignedInSession.objects.filter(pk=newest.pk).update(connection=connection, identity=identity, idp_session=sid)
    return browser


def is_in(browser: Client) -> bool:
    return browser.get("/api/me").status_code == 200


def address(connection: Connection) -> str:
    return oidc_logout.logout_uri(connection).removeprefix("http://localhost:8000")


def post(idp: Provider, **changes: Any) -> Any:
    """A logout token of this moment, posted as the provider does: without cookies."""
    now = int(time.time())
    claims = {"nonce": None, "nbf": None, "iat": now, "exp": now + 120, "jti": str(uuid4())} | changes
    message = sign(idp.payload(**claims), typ="logout+jwt")
    return Client(enforce_csrf_checks=True).post(address(idp.connection), {"logout_token": message})


def test_a_logout_token_ends_the_session_at_the_next_request(cast: Cast, idp: Provider) -> None:
    browser = signed_in(cast.bob, idp.connection)
    answer = post(idp)
    assert (answer.status_code, answer.content, answer.headers["Cache-Control"]) == (200, b"", "no-store")
    assert not is_in(browser)


def test_another_session_of_the_same_person_goes_on(cast: Cast, idp: Provider) -> None:
    browser = signed_in(cast.bob, idp.connection, sid="another")
    assert post(idp).status_code == 200
    assert is_in(browser)


def test_without_a_session_all_of_the_person_end(cast: Cast, idp: Provider) -> None:
    browsers = [signed_in(cast.bob, idp.connection, sid) for sid in ("one", "two")]
    assert post(idp, sid=None).status_code == 200
    assert not any(is_in(browser) for browser in browsers)


def test_another_person_stays_in(cast: Cast, idp: Provider) -> None:
    browser = signed_in(cast.alice, idp.connection, sid="hers", subject="00u1alice")
    post(idp, sid=None)
    post(idp)
    assert is_in(browser)


def test_another_connection_with_the_same_names_stays_in(cast: Cast, idp: Provider) -> None:
    theirs = oidc_connection(cast.globex, vendor="okta", issuer=idp.connection.issuer, client_id="0oa1")
    browsers = [signed_in(cast.charlie, theirs), signed_in(cast.alice, okta_connection(cast))]
    post(idp, sid=None)
    post(idp)
    assert all(is_in(browser) for browser in browsers)


def test_a_password_session_of_the_person_stays_in(cast: Cast, idp: Provider) -> None:
    signed_in(cast.bob, idp.connection)
    by_password = Client()
    by_password.force_login(cast.bob, "accounts.authentication.AccountBackend")
    post(idp, sid=None)
    assert is_in(by_password)


def test_it_is_written_in_the_audit_log(cast: Cast, idp: Provider) -> None:
    signed_in(cast.bob, idp.connection)
    post(idp)
    entry = AuditEntry.objects.get(action="user.sessions-ended")
    assert entry.actor == f"{idp.connection} (back-channel logout)"
    assert entry.object_id == cast.bob.id


def test_a_token_works_once(cast: Cast, idp: Provider) -> None:
    assert post(idp, jti="once").status_code == 200
    browser = signed_in(cast.bob, idp.connection)
    answer = post(idp, jti="once")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert is_in(browser)


def test_a_delivery_that_failed_half_way_may_come_again(
    cast: Cast, idp: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **options: Any) -> int:
        raise RuntimeError("the database went away")

    browser = signed_in(cast.bob, idp.connection)
    with monkeypatch.context() as once, pytest.raises(RuntimeError):
        once.setattr(sessions, "end_at_idp", broken)
        post(idp, jti="again")
    assert not ConsumedMessage.objects.exists()
    assert post(idp, jti="again").status_code == 200
    assert not is_in(browser)


def test_a_refused_token_is_shown_why_and_ends_nothing(cast: Cast, idp: Provider) -> None:
    browser = signed_in(cast.bob, idp.connection)
    answer = post(idp, aud="another")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (400, "no-store")
    assert answer.json()["error"] == "invalid_request"
    assert "audience" in answer.json()["error_description"]
    assert answer.json()["error_description"].isascii()
    assert is_in(browser)


def test_a_post_without_a_token_is_refused(idp: Provider) -> None:
    assert Client().post(address(idp.connection)).status_code == 400


def test_a_disabled_connections_provider_is_heard_too(cast: Cast, idp: Provider) -> None:
    browser = signed_in(cast.bob, idp.connection)
    Connection.objects.update(state="disabled")
    assert post(idp).status_code == 200
    assert not is_in(browser)


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_address_is_that_of_one_account_and_connection(cast: Cast, idp: Provider, method: str) -> None:
    own = address(idp.connection)
    wrong = [own.replace("/acme/", "/globex/"), own.replace(str(idp.connection.id), str(uuid4()))]
    assert [getattr(Client(), method)(path).status_code for path in wrong] == [404, 404]


def test_other_methods_are_refused(idp: Provider) -> None:
    assert Client().put(address(idp.connection)).status_code == 405


def frame(connection: Connection, **query: str) -> Any:
    return Client().get(address(connection), query)


def test_a_frame_ends_the_session_that_it_names(cast: Cast, idp: Provider) -> None:
    browser, other = (signed_in(cast.bob, idp.connection, sid) for sid in ("one", "two"))
    answer = frame(idp.connection, iss=idp.connection.issuer, sid="one")
    assert (answer.status_code, answer.content) == (200, b"")
    assert (is_in(browser), is_in(other)) == (False, True)


def test_entra_names_no_issuer_in_the_frame(cast: Cast, idp: Provider) -> None:
    browser = signed_in(cast.bob, idp.connection)
    frame(idp.connection, sid=SID)
    assert not is_in(browser)


@pytest.mark.parametrize(
    "query", [{}, {"sid": ""}, {"sid": "\x00"}, {"iss": "https://evil.example", "sid": SID}, {"sub": SUBJECT}]
)
def test_a_frame_that_names_no_session_of_this_issuer_ends_nothing(
    cast: Cast, idp: Provider, query: dict[str, str]
) -> None:
    browser = signed_in(cast.bob, idp.connection)
    without = signed_in(cast.alice, idp.connection, sid="", subject="00u1alice")
    assert frame(idp.connection, **query).status_code == 200
    assert is_in(browser)
    assert is_in(without)


def test_only_the_providers_own_pages_may_frame_it(idp: Provider) -> None:
    idp.connection.discovery = {"end_session_endpoint": "https://logout.okta.example/out"}
    idp.connection.save(update_fields=["discovery"])
    headers = frame(idp.connection, sid=SID).headers
    policy = headers["Content-Security-Policy"]
    assert "frame-ancestors https://acme.okta.example https://logout.okta.example" in policy
    assert "X-Frame-Options" not in headers
    assert headers["Cache-Control"] == "no-store"

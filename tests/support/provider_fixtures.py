"""OpenID providers, one of each kind, and a network that only they are on."""

import pytest
from django.core.cache import cache

from accounts.models import Account, Connection
from common.outbound import guarded_http
from tests.support import oidc_messages
from tests.support.factories import oidc_connection


@pytest.fixture
def web(monkeypatch: pytest.MonkeyPatch) -> oidc_messages.Web:
    """Replaces the way out to the network; nothing answers until a test says so."""
    cache.clear()
    web = oidc_messages.Web()
    monkeypatch.setattr(guarded_http, "fetch", web.fetch)
    return web


@pytest.fixture
def acme(db: None) -> Account:
    return Account.objects.create(name="Acme", slug="acme")


@pytest.fixture
def entra(acme: Account, web: oidc_messages.Web) -> oidc_messages.Provider:
    connection = oidc_connection(acme)
    return oidc_messages.Provider(connection, web, oidc_messages.shape("entra/oidc/member.json"))


@pytest.fixture
def okta(acme: Account, web: oidc_messages.Web) -> oidc_messages.Provider:
    """Okta by the code flow, with a client secret."""
    connection = _okta(acme)
    return oidc_messages.Provider(connection, web, oidc_messages.shape("okta/oidc/with_groups.json"))


def _okta(acme: Account) -> Connection:
    return oidc_connection(
        acme,
        vendor="okta",
        issuer="https://acme.okta.example",
        tenant_id="",
        client_id="0oa1",
        client_secret="okta-client-secret",
        flow="code",
        extra_scopes="groups",
    )

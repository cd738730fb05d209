"""The key of an OpenID connection on its page, and its JWK Set for anybody."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains

from accounts.connections.drafts import with_draft
from accounts.models import Connection
from tests.support.cast import Cast
from tests.support.factories import TENANT, oidc_connection, saml_connection

pytestmark = pytest.mark.django_db


def jwks(client: Client, connection: Connection) -> list[dict[str, str]]:
    found: list[dict[str, str]] = client.get(f"/api/accounts/acme/oidc/{connection.pk}/jwks").json()["keys"]
    return found


def test_a_key_is_made_downloaded_and_chosen(as_alice: Client, azure: Connection) -> None:
    page = as_alice.post(f"/sso/{azure.pk}/client-key", follow=True)
    assertContains(page, "Key created.")
    file = as_alice.get(f"/sso/{azure.pk}/client-key/certificate")
    assert file.content.startswith(b"-----BEGIN CERTIFICATE-----")
    fields = {"way": "openid", "openid-tenant_id": TENANT, "openid-client_id": "c", "openid-flow": "code"}
    page = as_alice.post(f"/sso/{azure.pk}/provider", {**fields, "openid-client_auth": "private_key"}, follow=True)
    assert with_draft(azure).client_auth == "private_key"
    assertContains(page, "private key of this connection (private_key_jwt)")


def test_the_next_key_is_used_after_a_question(as_alice: Client, azure: Connection) -> None:
    for _ in range(2):
        as_alice.post(f"/sso/{azure.pk}/client-key")
    first, second = jwks(as_alice, azure)
    assertContains(as_alice.post(f"/sso/{azure.pk}/client-key/use"), "Use the next key of Azure?")
    assert jwks(as_alice, azure) == [first, second]
    as_alice.post(f"/sso/{azure.pk}/client-key/use", {"confirmed": "yes"})
    assert jwks(as_alice, azure) == [second]


def test_anybody_reads_the_public_keys(client: Client, azure: Connection) -> None:
    assert jwks(client, azure) == []


def test_a_saml_connection_and_one_of_another_account_have_no_such_address(client: Client, cast: Cast) -> None:
    for connection in (saml_connection(cast.acme), oidc_connection(cast.globex)):
        assert client.get(f"/api/accounts/acme/oidc/{connection.pk}/jwks").status_code == 404


def test_a_connection_by_key_is_not_complete_without_one(as_alice: Client, cast: Cast) -> None:
    draft = oidc_connection(cast.acme, state="draft", client_auth="private_key")
    page = as_alice.post(f"/sso/{draft.pk}/enable", follow=True)
    assertContains(page, "expected a key of this connection")

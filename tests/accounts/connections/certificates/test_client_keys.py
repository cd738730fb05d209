"""A connection's own key for the token endpoint: what is signed, what is published, and how keys change over."""

import base64
from typing import Any

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from accounts.audit.audit import OPERATOR
from accounts.connections.certificates import client_keys
from accounts.connections.certificates.changes import make_client_key, use_next_client_key
from accounts.connections.provider.graph import GraphUnavailable, member_group_ids
from accounts.errors import ActionRefused
from accounts.models import AuditEntry, Connection
from accounts.sso.refusal import LoginRefused
from common.outbound.guarded_http import OutboundError
from tests.support.factories import OID, TENANT, saml_connection
from tests.support.oidc_messages import Provider

DISCOVERY = ".well-known/openid-configuration"
MEMBER_OBJECTS = f"https://graph.microsoft.com/v1.0/users/{OID}/getMemberObjects"


def with_key(provider: Provider) -> Provider:
    make_client_key(provider.connection, acting=OPERATOR)
    Connection.objects.filter(pk=provider.connection.pk).update(client_auth="private_key")
    provider.connection = Connection.objects.get(pk=provider.connection.pk)
    return provider


@pytest.fixture
def by_key(okta: Provider) -> Provider:
    return with_key(okta)


def sent_form(provider: Provider) -> dict[str, str]:
    form: dict[str, str] = provider.web.sent("/token")["form"]
    return form


def verified(provider: Provider, assertion: str) -> dict[str, Any]:
    """As a provider verifies it that has read our JWK Set."""
    head = jwt.get_unverified_header(assertion)
    keys = jwt.PyJWKSet.from_dict(client_keys.published_keys(provider.connection)).keys
    key = next(key for key in keys if head.get("kid") in (key.key_id, None))
    endpoint = f"{provider.connection.issuer}/token"
    options: Any = {"verify_iat": False, "verify_nbf": False, "verify_exp": False}
    claims: dict[str, Any] = jwt.decode(assertion, key.key, ["RS256", "PS256"], options, audience=endpoint)
    return claims


def test_a_code_is_redeemed_with_a_signed_assertion_and_no_secret(by_key: Provider) -> None:
    assert by_key.log_in_by_code()
    form = sent_form(by_key)
    assert form["client_assertion_type"] == "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    assert "client_secret" not in form
    assert by_key.web.sent("/token")["headers"] == {}
    claims = verified(by_key, form["client_assertion"])
    assert (claims["iss"], claims["sub"]) == (by_key.connection.client_id,) * 2
    assert claims["exp"] - claims["iat"] == 300


def test_each_assertion_is_another(by_key: Provider) -> None:
    made = [client_keys.client_assertion(by_key.connection, f"{by_key.connection.issuer}/token") for _ in range(2)]
    assert len({verified(by_key, one)["jti"] for one in made}) == 2


def header(provider: Provider) -> dict[str, Any]:
    found: dict[str, Any] = jwt.get_unverified_header(client_keys.client_assertion(provider.connection, "https://x/t"))
    return found


def test_entra_finds_the_certificate_by_its_thumbprints(entra: Provider) -> None:
    with_key(entra)
    certificate = x509.load_pem_x509_certificate(entra.connection.sp_certificate.encode())
    for name, digest in (("x5t", hashes.SHA1()), ("x5t#S256", hashes.SHA256())):  # noqa: S303
        assert base64.urlsafe_b64decode(header(entra)[name] + "==") == certificate.fingerprint(digest)
    assert header(entra)["alg"] == "PS256"


@pytest.mark.parametrize(
    ("listed", "algorithm"),
    [(None, "RS256"), (["RS256"], "RS256"), (["ES256", "PS256", "RS256"], "PS256"), (["ES256"], "RS256")],
)
def test_the_algorithm_is_one_that_the_provider_takes(by_key: Provider, listed: Any, algorithm: str) -> None:
    by_key.connection.discovery = {"token_endpoint_auth_signing_alg_values_supported": listed}
    assert header(by_key)["alg"] == algorithm


def test_a_method_that_the_provider_does_not_list_is_not_tried(by_key: Provider) -> None:
    by_key.publish(DISCOVERY, by_key.discovery(token_endpoint_auth_methods_supported=["client_secret_post"]))
    with pytest.raises(
        LoginRefused, match="takes client_secret_post, and this connection has private_key_jwt"
    ) as caught:
        by_key.log_in_by_code()
    assert caught.value.code == "oidc-token-endpoint"
    assert by_key.web.count("/token") == 0


def test_a_secret_is_not_sent_where_the_provider_takes_keys_only(okta: Provider) -> None:
    okta.publish(DISCOVERY, okta.discovery(token_endpoint_auth_methods_supported=["private_key_jwt"]))
    with pytest.raises(LoginRefused, match="takes private_key_jwt, and this connection has client_secret_basic"):
        okta.log_in_by_code()
    assert okta.web.count("/token") == 0


def test_graph_is_asked_with_the_key(entra: Provider) -> None:
    with_key(entra)
    entra.publish("token", {"token_type": "Bearer", "access_token": "graph-token"})
    entra.web.pages[MEMBER_OBJECTS] = {"value": ["g-1"]}
    assert member_group_ids(entra.connection, f"{TENANT}/{OID}") == ("g-1",)
    assert verified(entra, sent_form(entra)["client_assertion"])["sub"] == entra.connection.client_id


def test_a_certificate_that_entra_does_not_have_is_said_with_where_to_upload_it(entra: Provider) -> None:
    with_key(entra)
    body = b'{"error":"invalid_client","error_description":"AADSTS700027: The certificate is not registered."}'
    entra.publish("token", OutboundError("Refused.", 401, body))
    with pytest.raises(GraphUnavailable, match=r"AADSTS700027.*upload it in the Entra admin center"):
        member_group_ids(entra.connection, f"{TENANT}/{OID}")


def test_a_next_key_is_published_beside_the_one_in_use_and_takes_its_place(by_key: Provider) -> None:
    first = by_key.connection.sp_certificate
    make_client_key(by_key.connection, acting=OPERATOR)
    row = Connection.objects.get(pk=by_key.connection.pk)
    assert (row.sp_certificate, len(client_keys.published_keys(row)["keys"])) == (first, 2)
    use_next_client_key(row, acting=OPERATOR)
    after = Connection.objects.get(pk=row.pk)
    assert (after.sp_certificate, after.next_certificate) == (row.next_certificate, "")
    assert len(client_keys.published_keys(after)["keys"]) == 1
    by_key.connection = after
    assert verified(by_key, client_keys.client_assertion(after, f"{after.issuer}/token"))


def test_only_public_parts_are_published_and_kept_in_the_audit_log(by_key: Provider) -> None:
    (key,) = client_keys.published_keys(by_key.connection)["keys"]
    assert set(key) == {"kty", "n", "e", "use", "kid", "x5c", "x5t#S256"}
    entry = AuditEntry.objects.get(action="connection.client-key-made")
    assert "PRIVATE" not in str(entry.changes)
    raw = Connection.objects.extra(select={"raw": "sp_private_key"}).values_list("raw", flat=True).get()
    assert "PRIVATE" not in raw


def test_without_a_next_key_nothing_changes_over(by_key: Provider) -> None:
    with pytest.raises(ActionRefused, match="has no next key"):
        use_next_client_key(by_key.connection, acting=OPERATOR)


def test_a_saml_connection_has_no_such_key(okta: Provider) -> None:
    with pytest.raises(ActionRefused, match="Expected an OpenID Connect connection"):
        make_client_key(saml_connection(okta.connection.account), acting=OPERATOR)

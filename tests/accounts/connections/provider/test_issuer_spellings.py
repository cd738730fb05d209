"""What is pasted as an issuer, and the issuer that was meant."""

import pytest

from accounts.connections.provider.issuer_spellings import cleaned, guesses, is_console, tenant_issuer
from accounts.connections.provider.tenants import is_any_tenant

TENANT = "7a1f9d7e-0c1b-4b5a-9a53-1c2d3e4f5a6b"


@pytest.mark.parametrize(
    ("pasted", "issuer"),
    [
        (" “https://acme.okta.com” ", "https://acme.okta.com"),
        ("acme.okta.com", "https://acme.okta.com"),
        ("https://id.example/.well-known/openid-configuration?x=1", "https://id.example"),
        ("https://id.example/.well-known/oauth-authorization-server/a", "https://id.example/a"),
        ("https://id.example/\u200b", "https://id.example/"),
    ],
)
def test_quotes_blanks_and_the_path_of_the_discovery_document_are_removed(pasted: str, issuer: str) -> None:
    assert cleaned(pasted) == issuer


@pytest.mark.parametrize(
    ("address", "guess"),
    [
        ("https://acme-admin.okta.com/admin/app", "https://acme.okta.com"),
        ("https://acme.okta.com/oauth2/v1/authorize", "https://acme.okta.com"),
        ("https://id.example/admin/master/console/#/people", "https://id.example/realms/people"),
        ("http://id.example", "https://id.example"),
    ],
)
def test_the_likeliest_issuer_comes_first(address: str, guess: str) -> None:
    assert guesses(address, answered=False)[0] == guess


def test_the_root_of_a_host_that_answers_is_a_guess() -> None:
    assert guesses("https://id.example/app", answered=True) == ["https://id.example"]
    assert guesses("https://id.example/app", answered=False) == []


@pytest.mark.parametrize("word", ["common", "organizations", "consumers", "{tenantid}"])
def test_words_for_any_tenant_are_recognised(word: str) -> None:
    assert is_any_tenant(f"https://login.microsoftonline.com/{word}/v2.0")
    assert not is_any_tenant(f"https://login.microsoftonline.com/{TENANT}/v2.0")


def test_any_microsoft_address_of_a_tenant_names_its_issuer() -> None:
    issuer = f"https://login.microsoftonline.com/{TENANT}/v2.0"
    assert tenant_issuer(f"https://login.microsoftonline.com/{TENANT.upper()}/oauth2/v2.0/authorize") == issuer
    assert tenant_issuer("https://login.microsoftonline.com/") == ""


def test_pages_of_administrators_are_no_issuer() -> None:
    assert is_console("https://portal.azure.com/x")
    assert is_console("https://acme-admin.okta.com")
    assert not is_console("https://acme.okta.com")

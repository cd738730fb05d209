import pytest

from common.http.local_paths import HOME, LONGEST, local_path

LOCAL = [
    "/",
    "/users",
    "/users?state=pending&page=2",
    "/groups/a-b_c~d",
    "/logins?q=a//b",
    "/spaces#top",
    "/a/%C3%A9t%C3%A9",
]

TRICKS = [
    "",
    " ",
    "users",
    "//evil.example",
    "///evil.example",
    "////evil.example/a",
    "/\\evil.example",
    "\\/evil.example",
    "\\\\evil.example",
    "/a\\..\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/\r\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "\x00//evil.example",
    "/\x00/evil.example",
    "/\x7f/evil.example",
    "/%09/evil.example",
    "/%0a/evil.example",
    "/%0d%0aLocation:%20//evil.example",
    "/%00/evil.example",
    "/%2fevil.example",
    "/%2f%2fevil.example",
    "/%5cevil.example",
    "/%252fevil.example",
    "/%25255cevil.example",
    "/.//evil.example",
    "/..//evil.example",
    "/a/..//evil.example",
    "/%2e%2e/%2fevil.example",
    "/./evil.example",
    "https://evil.example",
    "HTTPS:evil.example",
    "http:///evil.example",
    "https://localhost@evil.example",
    "@evil.example",
    ".evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/\u2215\u2215evil.example",
    "/\uff0fevil.example",
    "/%EF%BC%8Fevil.example",
    "/\u202e/evil.example",
    "/%E2%80%AE/evil.example",
    "//ｅvil.example",
    "/a b",
    "/\ud800",
    "/" + "a" * LONGEST,
]


ON_THE_WAY = [
    "/logout",
    "/logout/",
    "/logout?x=1",
    "/logout#top",
    "/LogOut",
    "/%6cogout",
    "/%256cogout",
    "/logout;jsessionid=1",
    "/logout%3Fx",
    "/logout%20",
    "/logout/go-on",
    "/logout/done?partly",
    "/login",
    "/login?next=/users",
    "/login/sso",
    "/login/sso/b5c0b7b0-0000-4000-8000-000000000000?next=/",
    "/Login/recovery",
    "/api/accounts/idp-callback?state=x",
    "/api/accounts/acme/saml/b5c0b7b0-0000-4000-8000-000000000000/acs",
    "/api/accounts/acme/saml/b5c0b7b0-0000-4000-8000-000000000000/slo",
    "/api/accounts/acme/oidc/b5c0b7b0-0000-4000-8000-000000000000/logout",
]


@pytest.mark.parametrize("path", ["/logins", "/logins/ABC", "/sso", "/spaces?q=logout", "/users#logout"])
def test_what_is_only_named_alike_is_kept(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize("path", ON_THE_WAY)
def test_a_step_of_signing_in_or_out_is_nowhere_to_go_afterwards(path: str) -> None:
    assert local_path(path) == HOME


@pytest.mark.parametrize("path", LOCAL)
def test_a_path_of_this_host_is_kept(path: str) -> None:
    assert local_path(path) == path


@pytest.mark.parametrize("text", TRICKS)
def test_what_could_lead_elsewhere_becomes_the_home_page(text: str) -> None:
    assert local_path(text) == HOME

"""What holds for each page: headers (R51), no script or style of its own, friendly errors."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import Client, RequestFactory

from accounts.models import User
from accounts.passwords.links import set_password_url

PAGES = ["/", "/profile", "/login", "/login/sso", "/login/sso?email=bob@initech.example", "/no-such-page"]


@pytest.fixture(params=["stranger", "alice"])
def browser(request: pytest.FixtureRequest, as_alice: Client) -> Client:
    return as_alice if request.param == "alice" else Client()


@pytest.mark.parametrize("path", PAGES)
def test_it_is_kept_in_no_cache(browser: Client, path: str) -> None:
    assert browser.get(path).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", PAGES)
def test_it_allows_nothing_from_elsewhere(browser: Client, path: str) -> None:
    policy = browser.get(path).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", PAGES)
def test_it_has_no_inline_code_and_no_foreign_address(browser: Client, path: str) -> None:
    body = browser.get(path, follow=True).content.decode()
    assert not re.search(r"<script(?! src=)|<style|\sstyle=|\son[a-z]+=|javascript:|https?://", body)


def test_the_link_to_set_a_password_is_not_sent_to_others(client: Client, alice: User) -> None:
    page = client.get(set_password_url(alice))
    assert page.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("name", ["400", "403", "403_csrf", "404", "500", "503"])
def test_an_error_page_needs_no_database(name: str) -> None:
    assert "<h1>" in render_to_string(f"{name}.html")


def test_a_refused_login_tells_its_reference_and_escapes_the_rest() -> None:
    words = {"reference": "7F3K-9QWE", "message": "<b>No</b>", "try_again_url": "/login/sso"}
    body = render_to_string("sso/refused.html", words, RequestFactory().get("/"))
    assert "7F3K-9QWE" in body
    assert "&lt;b&gt;No&lt;/b&gt;" in body
    assert 'href="/login/sso">Try again' in body

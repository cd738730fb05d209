"""Logging out and ending sessions in a real browser, which holds pages to their Content-Security-Policy."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.acme import Acme, section

pytestmark = pytest.mark.browser


@pytest.fixture
def other_page(chromium: Browser) -> Iterator[Page]:
    """A page of the person's other browser."""
    context = chromium.new_context(locale="en-GB")
    yield context.new_page()
    context.close()


def test_the_browser_goes_by_the_provider_and_comes_back_logged_out(acme: Acme, page: Page) -> None:
    acme.sign_in(page, "Azure", "Dana Diaz")
    visited: list[str] = []
    page.on("request", lambda request: visited.append(request.url))
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url(f"{acme.product}/login?state=*")
    expect(page.get_by_role("main")).to_contain_text("You are logged out.")
    assert any(url.startswith(acme.idp) and "id_token_hint=" in url for url in visited)


def test_a_person_ends_the_session_of_another_browser(acme: Acme, page: Page, other_page: Page) -> None:
    acme.sign_in(page, "Okta", "Bob Ek")
    acme.command("end_sessions", "Acme", "bob@acme.example")  # also those of other tests
    acme.sign_in(other_page, "Okta", "Bob Ek")
    acme.sign_in(page, "Okta", "Bob Ek")
    page.get_by_role("link", name="Where you are signed in").click()
    expect(section(page, "Open sessions").get_by_role("row")).to_have_count(3)  # with the heading
    page.get_by_role("button", name="End all other sessions").click()
    expect(page.get_by_role("main")).to_contain_text("1 other session has ended.")
    other_page.reload()
    other_page.wait_for_url(f"{acme.product}/login?next=/")

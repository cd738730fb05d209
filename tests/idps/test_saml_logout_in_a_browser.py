"""Single logout in a real Chromium: what it holds pages to (form-action, SameSite cookies) is nowhere else."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.conftest import QUIET
from tests.idps.product import Product
from tests.idps.simplesamlphp import SimpleSamlPhp
from tests.idps.test_saml_logout import WAYS, make_connections
from tools.test import find_browser

TIMEOUT = 20_000  # milliseconds


@pytest.fixture(scope="module")
def connections(product: Product, simplesamlphp: SimpleSamlPhp) -> dict[str, dict[str, Any]]:
    return make_connections(product, simplesamlphp, "chromium")


@pytest.fixture
def page() -> Iterator[Page]:
    """A page of a browser that has never been here; nothing may be blocked in it."""
    if not (found := find_browser()):
        pytest.skip("TEST_BROWSER=off")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found["CHROMIUM"], args=QUIET)
        page, blocked = browser.new_page(), []
        page.set_default_timeout(TIMEOUT)
        page.on("console", lambda message: blocked.append(message.text) if "Security Policy" in message.text else None)
        yield page
        browser.close()
    assert blocked == []


@pytest.fixture(params=WAYS)
def signed_in(
    request: pytest.FixtureRequest, product: Product, connections: dict[str, dict[str, Any]], page: Page
) -> Page:
    page.goto(connections[request.param]["start_url"])
    page.fill("input[name=username]", request.param)
    page.fill("input[name=password]", "secret")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{product.origin}/")
    return page


def test_logging_out_here_goes_there_and_comes_back(product: Product, signed_in: Page) -> None:
    signed_in.get_by_role("button", name="Log out").click()
    signed_in.wait_for_url(f"{product.origin}/login")
    expect(signed_in.get_by_role("main")).to_contain_text("You are logged out.")
    expect(signed_in.get_by_role("main")).not_to_contain_text("may still know you")


def test_logging_out_there_ends_the_session_here(
    product: Product, simplesamlphp: SimpleSamlPhp, signed_in: Page
) -> None:
    end = f"{simplesamlphp.url}/resources/post.css"
    signed_in.goto(f"{simplesamlphp.slo_url}?{urlencode({'ReturnTo': end})}")
    signed_in.wait_for_url(end)
    signed_in.goto(product.origin)
    signed_in.wait_for_url(f"{product.origin}/login?next=/")

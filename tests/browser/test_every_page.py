"""What holds for each page of the walk's table, in a real Chromium.

A page with an id in its address is found by the links that lead there, as an admin finds it.
"""

import re
from html import unescape
from urllib.parse import urlsplit

import pytest
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, Page, StorageState

from tests.browser.accessibility import assert_accessible
from tests.browser.acme import Acme
from tests.walk.routes import every_route
from tests.walk.rows import PUBLIC
from tests.walk.table import TABLE

pytestmark = pytest.mark.browser

OF_A_KIND = 8  # followed: not each role can be edited, not each person restored
WIDTHS = (390, 840, 1100)  # pixels: a phone, a tablet, a small laptop
ROUTES = {route.key: route for route in every_route() if route.key in TABLE}
PARTS = {"provisioning-last-call"}  # of a page: a line that scripts ask for
ELSEWHERE = {"connection-enable"}  # the demo has no connection to be enabled: `test_sso` makes one
PAGES = sorted(
    key
    for key in ROUTES
    if "GET" in (row := TABLE[key]).methods
    and row.answer("GET") == 200
    and row.who != PUBLIC
    and not (row.is_program or row.is_file)
    and key not in PARTS | ELSEWHERE
)
FOR_STRANGERS = ("login", "login-sso", "recovery", "guide-okta", "guide-entra")
Places = dict[str, str]


@pytest.fixture(scope="module")
def places(acme: Acme, chromium: Browser, signed_in: StorageState) -> Places:
    """Name of a page -> a path, for all pages that a link leads to."""
    context = chromium.new_context(storage_state=signed_in)
    found: dict[str, list[str]] = {key: [ROUTES[key].address()] for key in PAGES if not ROUTES[key].kwargs}
    waiting = [path for (path,) in found.values()]
    while waiting:
        text = context.request.get(f"{acme.product}{waiting.pop()}").text()
        for link in re.findall(r'<a[^>]+href="([^"]+)"', text):
            path = urlsplit(unescape(link)).path
            key = _page_at(path)
            if key in PAGES and path not in (known := found.setdefault(key, [])) and len(known) < OF_A_KIND:
                known.append(path)
                waiting.append(path)
    context.close()
    return {key: paths[0] for key, paths in found.items()}


def _page_at(path: str) -> str:
    try:
        return resolve(path).view_name
    except Resolver404:
        return ""


def visit(page: Page, acme: Acme, path: str) -> None:
    """Nothing is asked of another host, and what comes is a page."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    answer = page.goto(f"{acme.product}{path}")
    assert answer is not None
    assert answer.status == 200
    assert [url for url in asked if not url.startswith((f"{acme.product}/", "data:"))] == []
    assert page.get_by_role("heading", level=1).count() == 1
    assert re.fullmatch(r"\S.* · Torque", page.title())


def assert_it_fits(page: Page, width: int) -> None:
    """Nothing makes the page as a whole scroll sideways."""
    page.set_viewport_size({"width": width, "height": 844})
    if page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0:
        return
    stretched = page.evaluate(
        "[...document.querySelectorAll('main *')].filter(e => e.scrollWidth > e.clientWidth + 1"
        " && getComputedStyle(e).overflowX == 'visible').map(e => e.outerHTML.slice(0, 120)).slice(-5)"
    )
    pytest.fail(f"At {width} px it is too wide: {stretched}")


@pytest.mark.parametrize("key", PAGES)
def test_everybody_can_use_it(acme: Acme, alice_with_scripts: Page, places: Places, key: str) -> None:
    assert key in places, "no link leads to this page"
    visit(alice_with_scripts, acme, places[key])
    assert_accessible(alice_with_scripts)
    for width in WIDTHS:
        assert_it_fits(alice_with_scripts, width)


@pytest.mark.parametrize("key", FOR_STRANGERS)
def test_everybody_can_sign_in(acme: Acme, page: Page, key: str) -> None:
    visit(page, acme, ROUTES[key].address())
    assert_accessible(page)
    for width in WIDTHS:
        assert_it_fits(page, width)


def test_no_button_is_dead_without_scripts(
    acme: Acme, chromium: Browser, signed_in: StorageState, places: Places
) -> None:
    context = chromium.new_context(storage_state=signed_in, java_script_enabled=False)
    page, dead = context.new_page(), []
    for path in places.values():
        page.goto(f"{acme.product}{path}")
        outside_forms = page.locator("button:not(form button):not([form]):visible").all()
        dead += [f"{path}: {button.text_content()}" for button in outside_forms]
    context.close()
    assert dead == []

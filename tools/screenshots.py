"""`make screenshots`: every page, light and dark, desktop and phone, into a folder. Needs Chromium.

`python -m tools.screenshots [--only NAME] [--folder FOLDER]`. The demo company is started for it and ended after it.
`--readme`: only those that README.md shows, into docs/screenshots.
"""

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from playwright.sync_api import APIRequestContext, Browser, Page, sync_playwright

from demo.safe import Safe
from tools.servers import free_port
from tools.setup import ROOT
from tools.test import find_browser

ADMIN = "alice@acme.example"
SIZES = {"desktop": (1360, 900), "phone": (390, 844)}
SCHEMES = ("light", "dark")
READY_WITHIN = 180  # seconds; about 5 on a quiet machine


@dataclass(frozen=True)
class Shot:
    """A page: its path, and what to do there: links by their accessible names, a field to fill, a button."""

    name: str
    path: str
    link: str = ""  # several: "Okta > Domains"; "*": the first row's
    fill: tuple[str, str] | None = None  # label, text
    press: str = ""


SHOTS = (
    Shot("home", "/"),
    Shot("users", "/users"),
    Shot("user", "/users", link="amara.okafor@acme.example"),
    Shot("user-pending", "/users", link="petra@acme.example"),
    Shot("user-new", "/users/new"),
    Shot("groups", "/groups"),
    Shot("group-new", "/groups/new"),
    Shot("group-general", "/groups", "Developers"),
    Shot("group-roles", "/groups", "Developers > Roles"),
    Shot("group-users", "/groups", "Developers > Users"),
    Shot("spaces", "/spaces"),
    Shot("space", "/spaces", "Payments"),
    Shot("space-new", "/spaces", "New space"),
    Shot("roles", "/roles"),
    Shot("role", "/roles", "Release Manager"),
    Shot("role-new", "/roles", "New space role"),
    Shot("provisioning", "/provisioning"),
    Shot("provisioning-self-test", "/provisioning/self-test"),
    Shot("provisioning-requests", "/provisioning/requests"),
    Shot("provisioning-held", "/provisioning/held"),
    Shot("tokens", "/tokens"),
    Shot("token-new", "/tokens/new"),
    Shot("audit", "/audit"),
    Shot("profile", "/profile"),
    Shot("sso", "/sso"),
    Shot("sso-new", "/sso/new"),
    Shot("sso-connection", "/sso", "Okta"),
    Shot("sso-set-up", "/sso", "Okta > Set-up steps"),
    Shot("sso-provider", "/sso", "Okta > Identity provider"),
    Shot("sso-provider-oidc", "/sso", "Azure > Identity provider"),
    Shot("sso-certificates", "/sso", "Okta > Certificates"),
    Shot("sso-domains", "/sso", "Okta > Domains"),
    Shot("sso-people", "/sso", "Okta > User access"),
    Shot("sso-attributes", "/sso", "Okta > Attribute names"),
    Shot("sso-general", "/sso", "Okta > General"),
    Shot("logins", "/logins"),
    Shot("login-signed-in", "/logins?outcome=signed-in", "*"),
    Shot("login-refused", "/logins?outcome=refused", "*"),
    Shot("what-if", "/logins/what-if"),
    Shot("guide-okta", "/guides/okta"),
    Shot("guide-entra", "/guides/entra"),
    Shot("enforcement", "/sso/enforcement"),
    Shot("lifetimes", "/sso/lifetimes"),
    # The last ones change something.
    Shot("provisioning-self-test-result", "/provisioning/self-test", press="Run the SCIM test"),
    Shot("sso-draft", "/sso", "Okta > Attribute names", fill=("Time zone", "zoneinfo"), press="Save"),
)
IN_README = ("users", "user", "group-general")
README_WINDOW = {"width": 1320, "height": 800}
BEFORE_LOGIN = (Shot("login", "/login"), Shot("login-sso", "/login/sso"), Shot("recovery", "/login/recovery"))


@contextmanager
def demo() -> Iterator[tuple[str, str]]:
    """Start the demo company; yield its origin and the admin's password."""
    with tempfile.TemporaryDirectory() as folder:
        port, idp_port = free_port(), free_port()
        outside = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        environment = {**outside, "STATE_DIR": folder, "PORT": str(port), "IDP_PORT": str(idp_port)}
        log = Path(folder) / "demo.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "demo"], cwd=ROOT, env=environment, stdout=output, stderr=output
            )
        try:
            _wait(process, log)
            yield f"http://localhost:{port}", Safe(Path(folder) / "demo").secret("alice-password")
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=20)


def _wait(process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = time.monotonic() + READY_WITHIN
    while b"What to try" not in log.read_bytes():
        if process.poll() is not None or time.monotonic() > until:
            sys.exit(f"The demo did not start:\n{log.read_text()[-3000:]}")
        time.sleep(0.1)


def sign_in(page: Page, origin: str, password: str) -> None:
    page.goto(f"{origin}/login")
    page.get_by_label("Email").fill(ADMIN)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url(f"{origin}/")


def take(browser: Browser, origin: str, password: str, folder: Path, only: str) -> int:
    """Return how many were taken. One sign-in; sizes and schemes change on the same page."""
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    taken = sum(_take(page, origin, shot, folder) for shot in BEFORE_LOGIN if only in shot.name)
    sign_in(page, origin, password)
    shots = chain(_the_rest(context.request, origin), SHOTS)  # the last of SHOTS change something
    taken += sum(_take(page, origin, shot, folder) for shot in shots if only in shot.name)
    context.close()
    return taken


def _the_rest(request: APIRequestContext, origin: str) -> Iterator[Shot]:
    """Yield every other page that links lead to, one of each kind, in the order of the links."""
    known, waiting = {_kind(shot.path) for shot in SHOTS if not shot.link}, ["/"]
    visited = set(waiting)
    while waiting:
        path = waiting.pop(0)
        answer = request.get(f"{origin}{path}", max_redirects=0)
        if answer.status != 200 or "text/html" not in answer.headers["content-type"]:
            continue
        if _kind(path) not in known:
            known.add(_kind(path))
            yield Shot(f"more{_kind(path).replace('/', '-')}", path)
        for link in re.findall(r'<a[^>]+href="(/[^"?#]*)', answer.text()):
            if _kind(link) not in visited:
                visited.add(_kind(link))
                waiting.append(link)


def _kind(path: str) -> str:
    """The path with "one" in the place of ids and references."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/logins/)[0-9A-Z]{10}", "one", path)


def come_in(browser: Browser, origin: str, folder: Path) -> None:
    """Bob logs in through Okta and sends the same response again, so that the inspector shows both."""
    page = browser.new_page(locale="en-GB")
    page.goto(f"{origin}/login/sso")
    page.get_by_label("Corporate email").fill("somebody@acme.example")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("link", name="Okta", exact=True).click()
    page.get_by_role("button", name="Bob Ek").click()
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/login*")
    page.go_back()
    page.go_back()
    page.get_by_role("button", name="Send", exact=True).click()
    page.get_by_role("heading", name="You could not be signed in").wait_for()
    page.screenshot(path=folder / "login-refused-to-the-person.png", full_page=True)
    page.close()


def take_for_readme(browser: Browser, origin: str, password: str, folder: Path) -> int:
    """What a window shows of some pages."""
    page = browser.new_page(locale="en-GB")
    sign_in(page, origin, password)
    for shot in (shot for shot in SHOTS if shot.name in IN_README):
        _open(page, origin, shot)
        page.set_viewport_size(README_WINDOW)  # type: ignore[arg-type]
        page.screenshot(path=folder / f"{shot.name}.png")
    page.close()
    return len(IN_README)


def _open(page: Page, origin: str, shot: Shot) -> None:
    page.set_viewport_size(dict(zip(("width", "height"), SIZES["desktop"], strict=True)))  # type: ignore[arg-type]
    page.goto(f"{origin}{shot.path}")
    for link in filter(None, shot.link.split(" > ")):
        main = page.get_by_role("main")
        found = main.locator("tbody a") if link == "*" else main.get_by_role("link", name=link, exact=True)
        found.first.click()
        page.wait_for_load_state()
    if shot.fill:
        page.get_by_label(shot.fill[0], exact=True).fill(shot.fill[1])
    if shot.press:
        page.get_by_role("button", name=shot.press, exact=True).click()
        page.wait_for_load_state()


def _take(page: Page, origin: str, shot: Shot, folder: Path) -> int:
    _open(page, origin, shot)
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            page.screenshot(path=folder / f"{shot.name}-{size}-{scheme}.png", full_page=True)
    return len(SIZES) * len(SCHEMES)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tools.screenshots")
    parser.add_argument("--only", default="", help="pages whose name holds this")
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--readme", action="store_true", help="only those that README.md shows")
    given = parser.parse_args(arguments)
    folder = given.folder or (ROOT / "docs" / "screenshots" if given.readme else ROOT / "var" / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    path = find_browser().get("CHROMIUM") or sys.exit("Screenshots need a browser: unset TEST_BROWSER.")
    with demo() as (origin, password), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        if not given.readme:
            come_in(browser, origin, folder)
        shown = (browser, origin, password, folder)
        print(f"{take_for_readme(*shown) if given.readme else take(*shown, given.only)} screenshots in {folder}")
        browser.close()


if __name__ == "__main__":
    main()

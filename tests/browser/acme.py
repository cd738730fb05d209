"""Words for the tests in the browser: how somebody from Acme signs in, and what support then sees."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect


@dataclass(frozen=True)
class Acme:
    """Where product and stand-in are; `environment` is that of the product's processes."""

    product: str
    idp: str
    environment: dict[str, str]
    admin_password: str

    @property
    def database(self) -> Path:
        return Path(self.environment["STATE_DIR"]) / "torque-sso.sqlite3"

    def sign_in_as_admin(self, page: Page) -> None:
        page.goto(f"{self.product}/login")
        page.get_by_label("Email").fill("alice@acme.example")
        page.get_by_label("Password").fill(self.admin_password)
        page.get_by_role("button", name="Log in", exact=True).click()
        page.wait_for_url(f"{self.product}/")

    def to_the_company(self, page: Page, connection: str) -> None:
        """From the product's sign-in page to the IdP's question who it is."""
        page.goto(f"{self.product}/login")
        page.get_by_role("link", name="Log in with SSO").click()
        self.from_the_sso_page(page, connection)

    def from_the_sso_page(self, page: Page, connection: str) -> None:
        page.get_by_label("Corporate email").fill("somebody@acme.example")
        page.get_by_role("button", name="Continue").click()
        page.get_by_role("link", name=connection, exact=True).click()
        expect(page.get_by_role("heading", name="Choose a person")).to_be_visible()

    def choose(self, page: Page, connection: str, person: str) -> None:
        self.to_the_company(page, connection)
        page.get_by_role("button", name=person).click()

    def sign_in(self, page: Page, connection: str, person: str) -> None:
        """All the way to the product's home page."""
        self.choose(page, connection, person)
        self.send(page)

    def send(self, page: Page) -> None:
        page.get_by_role("button", name="Send", exact=True).click()
        # A refusal fails here, showing its page, and not by a time-out.
        expect(page.get_by_role("main")).to_contain_text("Your latest SSO logins")

    def show_user(self, email: str) -> dict[str, Any]:
        return self.command("show_user", "Acme", email)

    def command(self, *arguments: str) -> dict[str, Any]:
        """The JSON answer of a `manage.py` command on the demo's database."""
        command = [sys.executable, "manage.py", *arguments, "--json"]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer


def section(page: Page, heading: str) -> Locator:
    return page.get_by_role("region", name=heading, exact=True)


def row(page: Page, heading: str, name: str) -> Locator:
    """The table row of a space or a group."""
    there = page.get_by_role("rowheader", name=name, exact=True)
    return section(page, heading).get_by_role("row").filter(has=there)

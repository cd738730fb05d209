"""Spaces in a real browser, with and without scripts."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.acme import Acme

pytestmark = pytest.mark.browser


def place(page: Page, space: str, email: str, role: str) -> None:
    page.get_by_role("link", name="Assign user").click()
    page.get_by_label("Email").fill(email)
    page.get_by_label("Role").select_option(role)
    page.get_by_role("button", name="Assign").click()
    expect(page.get_by_role("status")).to_have_text(f"{email} assigned to {space} as {role}.")


def test_an_admin_makes_a_space_places_somebody_and_takes_them_out_again(acme: Acme, alice: Page) -> None:
    alice.goto(acme.product)
    alice.get_by_role("navigation", name="Sections").get_by_role("link", name="Spaces").click()
    alice.get_by_role("link", name="New space").click()
    alice.get_by_label("Name").fill("Research")
    alice.get_by_role("button", name="Create space").click()
    place(alice, "Research", "petra@acme.example", "Space Developer")

    row = alice.get_by_role("row").filter(has_text="petra@acme.example")
    expect(row).to_contain_text("added by hand")
    row.get_by_role("link", name="Change the role of petra@acme.example").click()
    alice.get_by_label("Role").select_option("Space Admin")
    alice.get_by_role("button", name="Save").click()
    expect(row).to_contain_text("Space Admin")

    row.get_by_role("link", name="Change the role of petra@acme.example").click()
    alice.get_by_role("link", name="Remove from space").click()
    alice.get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)
    alice.get_by_role("link", name="Delete").click()
    alice.get_by_role("button", name="Delete space").click()
    expect(alice.get_by_role("status")).to_have_text("Space Research deleted.")


def test_groups_that_give_a_role_are_under_groups(acme: Acme, alice: Page) -> None:
    alice.goto(f"{acme.product}/spaces")
    alice.get_by_role("link", name="DevOps").click()
    alice.get_by_role("navigation", name="DevOps").get_by_role("link", name="Groups", exact=False).click()
    expect(alice.get_by_role("region", name="Groups").get_by_role("row").nth(1)).to_contain_text("Space")

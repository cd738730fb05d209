"""Both protocols in a real browser, cookies as it sends them: the answer is a POST from another site."""

import re

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.acme import Acme, row, section

pytestmark = pytest.mark.browser


def test_a_saml_login_shows_spaces_roles_and_groups_and_why(acme: Acme, page: Page) -> None:
    acme.sign_in(page, "Okta", "Bob Ek")
    expect(row(page, "Your spaces", "Trial")).to_contain_text("Space Member: from the identity provider Okta")
    expect(row(page, "Your spaces", "DevOps")).to_contain_text("Space Developer: through group Developers")
    expect(row(page, "Your groups", "Developers")).to_contain_text("from the identity provider Okta")
    expect(section(page, "You")).to_contain_text("Europe/Stockholm")


def test_an_oidc_login_shows_spaces_roles_and_groups_and_why(acme: Acme, page: Page) -> None:
    acme.sign_in(page, "Azure", "Dana Diaz")
    for space in ("Trial", "DevOps", "QA"):
        expect(row(page, "Your spaces", space)).to_contain_text("Space Developer: from the identity provider Azure")
    expect(row(page, "Your groups", "Testers")).to_contain_text("from the identity provider Azure")


@pytest.mark.parametrize(("connection", "person"), [("Okta", "Bob Ek"), ("Azure", "Dana Diaz")])
def test_the_answer_comes_without_cookies(acme: Acme, page: Page, connection: str, person: str) -> None:
    posts: list[Request] = []
    page.on("request", lambda request: posts.append(request) if request.method == "POST" else None)
    acme.sign_in(page, connection, person)
    answer = next(post for post in posts if post.url.startswith(acme.product))
    assert "cookie" not in answer.all_headers()


def test_who_is_signed_in_by_one_protocol_can_link_the_other(acme: Acme, page: Page) -> None:
    acme.sign_in(page, "Okta", "Hana Sato")
    page.goto(f"{acme.product}/login/sso")
    acme.from_the_sso_page(page, "Azure")
    page.get_by_role("button", name="Hana Sato").click()
    acme.send(page)
    shown = acme.show_user("hana@acme.example")
    assert [identity["connection"] for identity in shown["identities"]] == ["Okta", "Azure"]


def test_a_pending_user_becomes_active(acme: Acme, page: Page) -> None:
    before = acme.show_user("petra@acme.example")
    acme.sign_in(page, "Okta", "Petra Novak")
    after = acme.show_user("petra@acme.example")
    assert (before["state"], after["state"]) == ("pending", "active")
    assert before["id"] == after["id"]


def test_groups_too_many_for_the_message_come_from_graph(acme: Acme, page: Page) -> None:
    acme.sign_in(page, "Azure", "Ivan Ilic")
    expect(row(page, "Your groups", "Operations")).to_contain_text("from the identity provider Azure")


def test_a_tile_of_the_identity_provider_leads_to_the_home_page(acme: Acme, page: Page) -> None:
    page.goto(acme.idp)
    page.get_by_role("button", name="Torque (Okta)").click()
    page.get_by_role("button", name="Gus Grant").click()
    acme.send(page)
    expect(row(page, "Your spaces", "DevOps")).to_contain_text("Release Manager")


def test_an_oidc_tile_starts_at_the_product(acme: Acme, page: Page) -> None:
    page.goto(acme.idp)
    page.get_by_role("link", name="Torque (Azure)").click()
    page.get_by_role("button", name="Dana Diaz").click()
    acme.send(page)
    expect(page.get_by_role("heading", name="Dana Diaz")).to_be_visible()


@pytest.mark.parametrize("connection", ["Okta", "Azure"])
def test_a_refused_login_shows_a_reference(acme: Acme, page: Page, connection: str) -> None:
    acme.to_the_company(page, connection)
    page.get_by_role("button", name="Log in fails").click()
    expect(page.get_by_role("heading", name="You could not be signed in")).to_be_visible()
    expect(page.get_by_role("definition")).to_have_text(re.compile(r"^\s*[A-Z0-9-]{6,}\s*$", re.IGNORECASE))


def test_an_answer_is_of_no_use_in_another_browser(acme: Acme, page: Page) -> None:
    acme.choose(page, "Okta", "Bob Ek")
    page.context.clear_cookies()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name="You could not be signed in")).to_be_visible()


def test_going_back_and_sending_again_is_refused(acme: Acme, page: Page) -> None:
    acme.sign_in(page, "Azure", "Dana Diaz")
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/login*")
    page.go_back()
    page.go_back()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name="You could not be signed in")).to_be_visible()

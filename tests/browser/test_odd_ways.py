"""The browser comes from elsewhere, or twice: another name of the server, the same answer again, no cookies."""

import re
from html import escape
from urllib.parse import parse_qsl

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.accessibility import assert_accessible
from tests.browser.acme import Acme, section

pytestmark = pytest.mark.browser


def signed_in(acme: Acme) -> int:
    return sum(
        login["outcome"] == "signed-in" for login in acme.command("list_logins", "Acme", "--last", "100")["logins"]
    )


def send(page: Page) -> None:
    page.get_by_role("button", name="Send", exact=True).click()


def post_again(page: Page, answer: Request) -> None:
    """As the identity provider's page would: by a form of another site."""
    fields = parse_qsl(answer.post_data or "")
    inputs = "".join(f'<input type="hidden" name="{name}" value="{escape(value)}">' for name, value in fields)
    page.goto("about:blank")
    page.set_content(f'<form method="post" action="{answer.url}">{inputs}<button>Send</button></form>')
    send(page)


def test_a_sign_in_under_another_name_of_the_server_works(acme: Acme, page: Page) -> None:
    page.goto(acme.product.replace("localhost", "127.0.0.1") + "/login?next=/profile")
    page.get_by_role("link", name="Log in with SSO").click()
    page.wait_for_url(f"{acme.product}/login/sso?next=*")
    acme.from_the_sso_page(page, "Okta")
    page.get_by_role("button", name="Bob Ek").click()
    send(page)
    page.wait_for_url(f"{acme.product}/profile")


def test_going_back_and_posting_the_same_answer_lead_on(acme: Acme, page: Page) -> None:
    came: list[Request] = []
    page.on("request", lambda request: came.append(request) if request.url.startswith(acme.product) else None)
    acme.sign_in(page, "Okta", "Bob Ek")
    before = signed_in(acme)
    page.goto(next(one.url for one in came if "/finish/" in one.url))
    expect(section(page, "You")).to_contain_text("bob@acme.example")
    post_again(page, next(one for one in came if one.method == "POST"))
    expect(section(page, "You")).to_contain_text("bob@acme.example")
    assert signed_in(acme) == before


def test_a_double_click_at_the_identity_provider_signs_in_once(acme: Acme, page: Page) -> None:
    before = signed_in(acme)
    acme.choose(page, "Azure", "Dana Diaz")
    page.get_by_role("button", name="Send", exact=True).dblclick()
    page.wait_for_url(f"{acme.product}/")
    expect(page.get_by_role("heading", name="Dana Diaz")).to_be_visible()
    assert signed_in(acme) == before + 1


@pytest.mark.parametrize(("connection", "person"), [("Okta", "Bob Ek"), ("Azure", "Dana Diaz")])
def test_a_deep_link_survives_a_refusal(acme: Acme, page: Page, connection: str, person: str) -> None:
    page.goto(f"{acme.product}/profile")
    page.get_by_role("link", name="Log in with SSO").click()
    acme.from_the_sso_page(page, connection)
    page.get_by_role("button", name="Log in fails").click()
    page.get_by_role("link", name="Try again").click()
    page.get_by_role("button", name=person).click()
    send(page)
    page.wait_for_url(f"{acme.product}/profile")


def test_a_browser_that_drops_its_cookies_hears_of_cookies(acme: Acme, page: Page) -> None:
    acme.choose(page, "Okta", "Bob Ek")
    page.context.clear_cookies()
    send(page)
    expect(page.get_by_role("main")).to_contain_text("Please allow cookies for this site")
    expect(page.get_by_role("definition")).to_have_text(re.compile("[A-Z0-9]{10}"))


def test_an_old_bookmark_is_a_page_that_everybody_can_use(acme: Acme, page: Page) -> None:
    page.goto(f"{acme.product}/login/sso/b5c0b7b0-0000-4000-8000-000000000000")
    expect(page.get_by_role("heading", level=1)).to_have_text("There is no sign-in here")
    expect(page.get_by_role("definition")).to_have_text(re.compile("[A-Z0-9]{10}"))
    assert_accessible(page)
    page.get_by_role("main").get_by_role("link", name="Log in").click()
    page.wait_for_url(f"{acme.product}/login")

"""The sign-in page."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from accounts.models import Account, Connection, User
from accounts.passwords.tries import FAILURES_OF_AN_ADDRESS
from tests.support.cast import PASSWORD
from tests.support.page_fixtures import live_connection

pytestmark = pytest.mark.django_db


def log_in(client: Client, email: str, password: str = PASSWORD, **fields: str) -> object:
    return client.post("/login", {"email": email, "password": password, **fields})


def test_it_asks_for_email_and_password(client: Client) -> None:
    page = client.get("/login")
    for name in ("Email", "Password", "Log in", "Log in with SSO"):
        assertContains(page, name)


def test_the_right_password_leads_home(client: Client, alice: User) -> None:
    assertRedirects(log_in(client, "alice@acme.example"), "/")


def test_the_letter_case_of_the_email_does_not_matter(client: Client, alice: User) -> None:
    assertRedirects(log_in(client, " Alice@ACME.example "), "/")


def test_it_goes_on_to_the_page_that_was_asked_for(client: Client, alice: User) -> None:
    answer = log_in(client, "alice@acme.example", next="/groups?page=2")
    assert answer.headers["Location"] == "/groups?page=2"


def test_it_never_goes_on_to_another_site(client: Client, alice: User) -> None:
    assert log_in(client, "alice@acme.example", next="//evil.example").headers["Location"] == "/"


def test_every_failure_gets_the_same_answer(client: Client, alice: User, bob: User) -> None:
    tries = {"alice@acme.example": "wrong", "bob@acme.example": PASSWORD, "nobody@acme.example": PASSWORD}
    answers = [log_in(client, email, password) for email, password in tries.items()]
    bodies = {anonymous(answer.content.decode(), tries) for answer in answers}
    assert {answer.status_code for answer in answers} == {200}
    assert len(bodies) == 1


def anonymous(body: str, emails: object) -> str:
    for email in emails:
        body = body.replace(email, "EMAIL")
    return "\n".join(line for line in body.splitlines() if "csrfmiddlewaretoken" not in line)


def test_the_password_is_not_shown_again(client: Client, alice: User) -> None:
    assertNotContains(log_in(client, "alice@acme.example", "a-wrong-one"), "a-wrong-one")


def test_the_session_key_changes_at_every_login(client: Client, alice: User) -> None:
    keys = set()
    for _ in range(2):
        log_in(client, "alice@acme.example")
        keys.add(client.cookies["session"].value)
    assert len(keys) == 2


def test_a_signed_in_user_is_redirected_home(as_alice: Client) -> None:
    assertRedirects(as_alice.get("/login"), "/")


def test_a_form_from_another_site_is_refused(alice: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert log_in(strict, "alice@acme.example").status_code == 403


def test_the_only_account_shows_its_identity_providers_at_once(client: Client, entra: Connection) -> None:
    page = client.get("/login?next=/groups")
    assertContains(page, f'href="/login/sso/{entra.id}?next=%2Fgroups">Sign in with Azure</a>')


def test_a_connection_may_have_a_button_text_of_its_own(client: Client, acme: Account) -> None:
    live_connection(acme, "Okta", button_label="<b>Acme & Co</b>")
    assertContains(client.get("/login"), "&lt;b&gt;Acme &amp; Co&lt;/b&gt;")


def test_with_several_accounts_no_company_is_named(client: Client, entra: Connection, globex: Account) -> None:
    assertNotContains(client.get("/login"), "Sign in with Azure")


def test_a_connection_that_is_not_live_has_no_button(client: Client, entra: Connection) -> None:
    Connection.objects.update(state="disabled")
    assertNotContains(client.get("/login"), "Sign in with Azure")


@pytest.mark.parametrize("email", ["alice@acme.example", "nobody@acme.example"])
def test_too_many_tries_are_locked_out_for_a_while(client: Client, alice: User, email: str) -> None:
    for _ in range(10):
        answer = log_in(client, email, "wrong")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")
    assertContains(log_in(client, email.upper()), "Too many attempts", status_code=429)


def test_an_address_that_tries_one_password_with_many_emails_is_locked_out(client: Client, alice: User) -> None:
    for number in range(FAILURES_OF_AN_ADDRESS - 1):
        assert log_in(client, f"p{number}@acme.example", "Summer2026!").status_code == 200
    assert log_in(client, "last@acme.example", "Summer2026!").status_code == 429
    assert log_in(client, alice.email).status_code == 429
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    assertRedirects(log_in(elsewhere, alice.email), "/")


def test_an_email_may_be_as_long_as_any(client: Client, alice: User) -> None:
    longest = f"{'a' * 307}@acme.example"
    User.objects.filter(pk=alice.pk).update(email=longest, email_key=longest)
    assertRedirects(log_in(client, longest), "/")
    assertRedirects(client.post("/logout"), "/login", fetch_redirect_response=False)


def test_it_refuses_other_methods(client: Client) -> None:
    assert client.put("/login").status_code == 405

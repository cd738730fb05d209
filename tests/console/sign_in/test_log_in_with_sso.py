"""The Corporate Account SSO page: the e-mail's domain chooses the connection."""

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django.asserts import assertContains, assertNotContains, assertTemplateUsed

from accounts.models import Account, Connection, ConnectionDomain, EmailDomain, User
from tests.support.page_fixtures import live_connection

pytestmark = pytest.mark.django_db
UNKNOWN = "Single sign-on is not set up"


def ask(client: Client, email: str, **query: str) -> object:
    return client.get("/login/sso", {"email": email, **query})


def test_it_asks_for_the_corporate_email(client: Client) -> None:
    page = client.get("/login/sso")
    for name in ("<h1>Corporate Account SSO</h1>", "Corporate email", "Continue"):
        assertContains(page, name)


def test_the_domain_leads_to_its_connection(client: Client, entra: Connection) -> None:
    page = ask(client, "Bob@ACME.example", next="/groups")
    address = f"/login/sso/{entra.id}?login_hint=Bob%40ACME.example&next=%2Fgroups"
    assert page.headers["Refresh"] == f"0; url={address}"
    assertContains(page, address.replace("&", "&amp;"))


def test_it_never_carries_another_site_along(client: Client, entra: Connection) -> None:
    assert "evil" not in ask(client, "bob@acme.example", next="//evil.example").headers["Refresh"]


def test_several_connections_are_offered_by_name(client: Client, acme: Account, entra: Connection) -> None:
    okta = live_connection(acme, "Acme <Okta>", "acme.example", vendor="okta")
    page = ask(client, "bob@acme.example")
    assertContains(page, f'href="/login/sso/{entra.id}?login_hint=bob%40acme.example">Acme Entra</a>')
    assertContains(page, f'href="/login/sso/{okta.id}?login_hint=bob%40acme.example">Acme &lt;Okta&gt;</a>')


def test_an_unknown_domain_is_named(client: Client, entra: Connection) -> None:
    page = ask(client, "bob@initech.example")
    assertContains(page, f"{UNKNOWN} for the email domain <strong>initech.example</strong>")


def test_the_answer_does_not_tell_whether_the_person_exists(client: Client, entra: Connection, bob: User) -> None:
    known = ask(client, "bob@acme.example").content.decode().replace("bob", "zoe")
    assert known == ask(client, "zoe@acme.example").content.decode()


def test_a_person_of_an_unknown_domain_gets_the_unknown_answer(client: Client, alice: User) -> None:
    known = ask(client, "alice@acme.example").content.decode().replace("alice", "zoe")
    assert known == ask(client, "zoe@acme.example").content.decode()


def test_a_domain_that_is_not_verified_chooses_nothing(client: Client, entra: Connection) -> None:
    EmailDomain.objects.update(proved_at=None)
    assertContains(ask(client, "bob@acme.example"), UNKNOWN)


@pytest.mark.parametrize("state", ["draft", "disabled"])
def test_a_connection_that_is_not_live_is_not_offered(client: Client, entra: Connection, state: str) -> None:
    Connection.objects.update(state=state)
    assertContains(ask(client, "bob@acme.example"), UNKNOWN)


def test_another_account_cannot_take_the_people_of_a_domain(client: Client, entra: Connection, globex: Account) -> None:
    theirs = live_connection(globex, "Globex")
    claimed = EmailDomain.objects.create(account=globex, domain="acme.example")  # not verified
    ConnectionDomain.objects.create(account=globex, connection=theirs, domain=claimed)
    assert str(entra.id) in ask(client, "bob@acme.example").headers["Refresh"]


def test_an_international_domain_is_found(client: Client, acme: Account) -> None:
    live_connection(acme, "Okta", "bücher.example")
    assert EmailDomain.objects.filter(domain="xn--bcher-kva.example", proved_at__lte=timezone.now()).exists()
    assertTemplateUsed(ask(client, "bob@bücher.example"), "sign_in/leaving.html")


@pytest.mark.parametrize("email", ["", "bob", "bob@", "@acme.example", "bob@acme", "<script>@acme.example"])
def test_what_is_no_email_is_a_field_error(client: Client, entra: Connection, email: str) -> None:
    page = ask(client, email)
    assertContains(page, 'aria-invalid="true"')
    assertNotContains(page, "<script>")


def test_it_refuses_post(client: Client) -> None:
    assert client.post("/login/sso").status_code == 405

"""The page where an account admin uses a recovery code."""

import pytest
from axes.models import AccessAttempt
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from tests.support.cast import PASSWORD, Cast
from tests.support.enforcing import enforce

pytestmark = pytest.mark.django_db
ALICE = "alice@acme.example"


def use(client: Client, code: str, email: str = ALICE) -> object:
    return client.post("/login/recovery", {"email": email, "recovery_code": code})


def test_the_login_page_leads_there(client: Client, db: None) -> None:
    assertContains(client.get("/login"), '<a href="/login/recovery">Use a recovery code</a>', html=True)


def test_a_code_logs_an_admin_in_once(cast: Cast) -> None:
    code = enforce(cast)[0]
    first, second = Client(), Client()
    assertContains(first.get(use(first, code).headers["Location"]), "9 codes are left")
    assert first.get("/api/me").json()["email"] == ALICE
    assertContains(use(second, code), "Incorrect email or recovery code")
    assert second.get("/api/me").status_code == 401


def test_every_failure_gets_the_same_answer(cast: Cast) -> None:
    code = enforce(cast)[0]
    tries = {ALICE: "wrong", "bob@acme.example": code, "nobody@acme.example": code}
    bodies = set()
    for email, typed in tries.items():
        body = use(Client(), typed, email).content.decode()
        lines = (line for line in body.replace(email, "EMAIL").splitlines() if "csrfmiddlewaretoken" not in line)
        bodies.add("\n".join(lines).replace(typed, "CODE"))
    assert len(bodies) == 1


@pytest.mark.parametrize(
    "fields", [{"email": ""}, {"email": "x", "recovery_code": "y"}, {"email": ALICE, "recovery_code": "\x00"}]
)
def test_what_is_no_email_or_code_is_a_form_error(client: Client, db: None, fields: dict[str, str]) -> None:
    assertContains(client.post("/login/recovery", fields), 'aria-invalid="true"')


def test_tries_are_counted_with_those_of_passwords(cast: Cast, client: Client) -> None:
    code = enforce(cast)[0]
    for _ in range(5):
        client.post("/login", {"email": ALICE, "password": "wrong"})
        answer = use(client, "AAAAA-AAAAA-AAAAA-AAAAA")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")
    assert use(client, code).status_code == 429
    assert client.post("/login", {"email": ALICE, "password": PASSWORD}).status_code == 429


def test_a_code_that_was_tried_with_a_wrong_email_is_noted_nowhere(cast: Cast, client: Client) -> None:
    code = enforce(cast)[0]
    assertNotContains(use(client, code, "nobody@acme.example"), code)
    assert code not in repr(list(AccessAttempt.objects.values()))


def test_the_session_is_a_fresh_one(cast: Cast, client: Client) -> None:
    code = enforce(cast)[0]
    client.force_login(cast.alice, "accounts.authentication.AccountBackend")
    before = client.cookies["session"].value
    assertRedirects(use(client, code), "/")
    assert client.cookies["session"].value != before


def test_a_form_from_another_site_is_refused(cast: Cast) -> None:
    assert use(Client(enforce_csrf_checks=True), "x").status_code == 403

from django.test import Client
from pytest_django.asserts import assertContains, assertRedirects


def test_it_ends_the_session(as_alice: Client) -> None:
    assertContains(as_alice.post("/logout", follow=True), "You are logged out.")
    assertRedirects(as_alice.get("/"), "/login?next=/")


def test_it_refuses_get(as_alice: Client) -> None:
    assert as_alice.get("/logout").status_code == 405
    assert as_alice.get("/").status_code == 200

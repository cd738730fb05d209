"""Each refusal of a sign-in: the admin sees what was expected and received, whose side it is on, what to do and where;
the person sees a friendly text and a reference, and nothing else."""

import re
from typing import Any

import pytest
from django.test import Client
from django.utils.html import escape, strip_tags

from accounts.models import LoginRecord
from accounts.sso.refusals.catalogue import CATALOGUE, START_AGAIN, TELL_ADMIN
from accounts.sso.refusals.row import who_acts
from tests.console.logins.refusal_table import ROWS, Row
from tests.console.logins.refusals_of_providers import PROVIDER_ROWS
from tests.console.logins.world import World
from tests.support.cast import Cast
from tests.support.oidc_messages import Web

# Codes that no sign-in of a connection ends with, and why.
NO_LOGIN = {
    "unknown-sign-in": "of no connection, so there is no account whose admin could see it; the log has the reference",
    "saml-size": "the view says message-too-large first, by the same limit; logout messages are held to this one",
    "what-if-unreadable": "an error of the what-if form",
    "logout-events": "a logout token",
    "logout-nobody": "a logout token",
    "logout-nonce": "a logout token",
    "logout-replayed": "a logout token",
    "saml-deflate": "logout messages come by redirect, answers do not",
    "saml-no-message": "the logout address",
    "saml-query": "logout messages come by redirect, answers do not",
    "saml-session-index": "a logout request",
    "saml-stale": "a logout message",
    "saml-message-replayed": "a logout request; a login says message-replayed",
}
ALL = [*ROWS, *PROVIDER_ROWS]
FRIENDLY = {*(row.text for row in CATALOGUE.values()), START_AGAIN, TELL_ADMIN}
AROUND = "You could not be signed in {} If it happens again, give this reference to your Torque administrator, who"
AROUND += " can see with it exactly what went wrong. Reference REFERENCE Try again"
AROUND += " Other ways to log in"


@pytest.fixture
def world(cast: Cast, web: Web, settings: Any, monkeypatch: pytest.MonkeyPatch) -> World:
    return World(cast, web, monkeypatch, settings)


def words_of(page: Any) -> str:
    main = re.search(r"<main.*?</main>", page.content.decode(), re.DOTALL)
    assert main
    return " ".join(strip_tags(main[0]).split())


@pytest.mark.parametrize("row", ALL, ids=lambda row: row.title or row.code)
def test_the_admin_is_shown_all_of_it_and_the_person_none(row: Row, world: World, alice: Client) -> None:
    seen = row.provoke(world)
    record = LoginRecord.objects.latest("at")
    assert record.reason == row.code
    (failed,) = [step for step in record.steps if step["mark"] == "failed"]
    page = alice.get(f"/logins/{record.reference}").content.decode()
    for name in ("expected", "received", "next_step", "code"):
        assert failed.get(name), f"{row.code} has no '{name}'"
        assert escape(failed[name]) in page
    assert who_acts(failed["side"]) in page
    assert ("<dt>Where</dt>" in page) == bool(row.place)
    assert escape(row.place) in page
    assert seen.status_code == 403
    if row.code != "test-of-another":  # that one is in an admin's browser, and its page is the inspector's
        shown = words_of(seen).replace(record.reference, "REFERENCE")
        assert shown in {escape(AROUND.format(message)) for message in FRIENDLY}


def test_every_refusal_of_the_catalogue_is_provoked_here_or_ends_no_login() -> None:
    provoked = {row.code for row in ALL}
    assert CATALOGUE.keys() - NO_LOGIN.keys() == provoked
    assert not provoked & NO_LOGIN.keys()
    assert len(provoked) > 70


def test_a_sign_in_that_nobody_began_is_shown_to_nobody(world: World) -> None:
    page = world.entra().post(id_token="a", state="x" * 43)
    assert page.status_code == 403
    assert "You could not be signed in" in words_of(page)
    assert not LoginRecord.objects.exists()

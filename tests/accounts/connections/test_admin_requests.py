"""Asking the account admins: one open request for each connection and kind, until it is done or dismissed."""

import pytest

from accounts.audit.audit import OPERATOR, Actor, person
from accounts.connections import connections, drafts
from accounts.connections.admin_requests import Request, ask_an_admin, dismiss_request, open_requests
from accounts.connections.agreed_permissions import allow_permissions
from accounts.connections.changes import update_connection
from accounts.connections.domains import domains
from accounts.errors import ActionRefused
from accounts.models import Alert, AuditEntry, Connection
from tests.support.cast import Cast
from tests.support.drafts import draft_of, publish

pytestmark = pytest.mark.django_db


def test_it_says_who_asks_for_what_and_is_in_the_audit_log(okta: Connection, mallory: Actor) -> None:
    ask_an_admin(okta, Request.DOMAIN, " new.example ", acting=mallory)
    sentence = "mallory@acme.example asks you to add a domain to 'Okta'. Their note: “new.example”"
    assert Alert.objects.get().sentence == sentence
    entry = AuditEntry.objects.get(action="connection.admin-asked")
    assert (entry.actor, entry.changes) == ("mallory@acme.example", {"request": [None, sentence]})


def test_one_is_open_for_each_connection_and_kind(okta: Connection, mallory: Actor) -> None:
    ask_an_admin(okta, Request.DOMAIN, acting=mallory)
    ask_an_admin(okta, Request.PEOPLE, acting=mallory)
    with pytest.raises(ActionRefused, match="asked for this already"):
        ask_an_admin(okta, Request.DOMAIN, acting=mallory)
    assert open_requests(okta) == {"domain", "people"}


@pytest.mark.parametrize("what", [Request.ENABLE, Request.PUBLISH])
def test_what_is_not_to_be_decided_is_not_asked(okta: Connection, mallory: Actor, what: Request) -> None:
    with pytest.raises(ActionRefused, match=r"live already|no draft of"):
        ask_an_admin(okta, what, acting=mallory)


@pytest.mark.parametrize("note", ["x" * 201, "two\nlines"])
def test_a_note_is_short_and_of_one_line(okta: Connection, mallory: Actor, note: str) -> None:
    with pytest.raises(ActionRefused, match="at most 200 printable characters"):
        ask_an_admin(okta, Request.DOMAIN, note, acting=mallory)


def test_what_is_done_is_answered(okta: Connection, mallory: Actor) -> None:
    drafts.change_settings(okta, {"sso_url": "https://moved.example"}, acting=mallory)
    for what in (Request.PUBLISH, Request.DOMAIN, Request.PEOPLE, Request.GENERAL, Request.GROUPS):
        ask_an_admin(okta, what, acting=mallory)
    publish(okta)
    domains.claim_domain(okta, "new.example", acting=OPERATOR)
    update_connection(okta, {"just_in_time": "off"}, acting=OPERATOR)
    update_connection(okta, {"clock_skew": 10}, acting=OPERATOR)
    allow_permissions(okta, ["Manage Users"], acting=OPERATOR)
    assert open_requests(okta) == set()


def test_enabling_answers_and_deleting_ends_all(okta: Connection, mallory: Actor) -> None:
    connections.disable(okta, acting=mallory)
    ask_an_admin(okta, Request.ENABLE, acting=mallory)
    connections.enable(okta, acting=OPERATOR)
    assert open_requests(okta) == set()
    ask_an_admin(okta, Request.DOMAIN, acting=mallory)
    connections.disable(okta, acting=mallory)
    connections.delete_connection(okta, acting=OPERATOR)
    assert not Alert.objects.filter(resolved_at=None).exists()


def test_throwing_the_draft_away_takes_the_question_back(okta: Connection, mallory: Actor) -> None:
    drafts.change_settings(okta, {"sso_url": "https://moved.example"}, acting=mallory)
    ask_an_admin(okta, Request.PUBLISH, acting=mallory)
    drafts.throw_away(okta, drafts.version_of(draft_of(okta)), acting=mallory)
    assert open_requests(okta) == set()


def test_who_asks_does_not_answer_it_by_renaming(okta: Connection, mallory: Actor) -> None:
    ask_an_admin(okta, Request.GENERAL, acting=mallory)
    update_connection(okta, {"name": "Okta 2"}, acting=mallory)
    assert open_requests(okta) == {"general"}


def test_an_account_admin_dismisses_and_it_may_be_asked_again(cast: Cast, okta: Connection, mallory: Actor) -> None:
    ask_an_admin(okta, Request.DOMAIN, acting=mallory)
    alert = Alert.objects.get()
    dismiss_request(alert, acting=person(cast.alice))
    with pytest.raises(ActionRefused, match="closed already"):
        dismiss_request(alert, acting=person(cast.alice))
    assert AuditEntry.objects.get(action="connection.request-dismissed").actor == "alice@acme.example"
    ask_an_admin(okta, Request.DOMAIN, acting=mallory)

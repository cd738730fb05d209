"""A company of 10,000 people moves from Okta to Entra and back: how many queries, nobody locked out, nobody twice."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext

from accounts.audit.audit import person
from accounts.connections.identities import AT_ONCE
from accounts.connections.moving import moves
from accounts.connections.moving.findings import Finding, counts_of, people_of
from accounts.models import AuditEntry, Connection, ConnectionMove, ExternalIdentity, User
from accounts.sso.login.complete import complete_login
from accounts.sso.refusal import LoginRefused
from common.folding import fold
from tests.support.cast import Cast
from tests.support.factories import claims, oidc_connection, saml_connection

pytestmark = pytest.mark.django_db
PEOPLE = 10_000
SAMPLE = range(0, PEOPLE, PEOPLE // 50)


@contextmanager
def at_most(most: int) -> Iterator[None]:
    with CaptureQueriesContext(connection) as queries:
        yield
    counted = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(counted) <= most, "\n".join(counted[:50])


def email(number: int) -> str:
    return f"p{number}@acme.example"


@pytest.fixture
def okta(cast: Cast) -> Connection:
    """10,000 people have signed in through it."""
    made = saml_connection(cast.acme, name="Okta")
    role = cast.bob.account_role
    people = User.objects.bulk_create(
        (
            User(
                account=cast.acme,
                account_role=role,
                origin="sso",
                state="active",
                password="!",
                number=1_000 + number,
                **{"email": email(number), "email_key": fold(email(number)), "user_name_key": fold(email(number))},
            )
            for number in range(PEOPLE)
        ),
        batch_size=2_000,
    )
    know(made, people)
    analyze()
    return made


def analyze() -> None:
    """The statistics that autovacuum would have made by then."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE accounts_user; ANALYZE accounts_externalidentity")


def know(at: Connection, people: list[User]) -> None:
    ExternalIdentity.objects.bulk_create(
        (
            ExternalIdentity(account_id=at.account_id, connection=at, user=user, subject=f"{at.name}-{user.email}")
            for user in people
        ),
        batch_size=2_000,
    )


@pytest.fixture
def entra(cast: Cast) -> Connection:
    return oidc_connection(cast.acme, name="Entra")


def log_in(through: Connection, number: int) -> User:
    who = claims(through, subject=f"{through.name}-{email(number)}", email=email(number))
    return complete_login(who, through).user


def start(cast: Cast, okta: Connection, entra: Connection) -> ConnectionMove:
    return moves.start_move(okta, entra, includes_privileged=True, acting=person(cast.alice))


def test_the_preview_needs_two_queries_and_so_does_a_page_of_it(okta: Connection, entra: Connection) -> None:
    planned = moves.open_or_planned(okta, entra)
    with at_most(2):
        assert counts_of(planned) == {Finding.LINKS: PEOPLE}
    with at_most(2):
        assert len(people_of(planned).order_by("email_key")[:50]) == 50


def test_start_a_sample_of_logins_and_back(cast: Cast, okta: Connection, entra: Connection) -> None:
    with at_most(16):
        move = start(cast, okta, entra)
    before = {number: User.objects.get(email=email(number)).pk for number in SAMPLE}
    assert {number: log_in(entra, number).pk for number in SAMPLE} == before
    assert counts_of(move) == {Finding.LINKED: len(SAMPLE), Finding.LINKS: PEOPLE - len(SAMPLE)}
    assert {number: log_in(okta, number).pk for number in SAMPLE} == before
    assert moves.undo_move(move, acting=person(cast.alice)).people == len(SAMPLE)
    assert {number: log_in(okta, number).pk for number in SAMPLE} == before
    with pytest.raises(LoginRefused, match="already signs in through Okta"):
        log_in(entra, 0)


def test_nobody_is_there_twice(cast: Cast, okta: Connection, entra: Connection) -> None:
    users = User.objects.count()
    start(cast, okta, entra)
    for number in SAMPLE:
        log_in(entra, number)
        log_in(entra, number)
    twice = entra.identities.values("user").annotate(times=Count("pk")).filter(times__gt=1)
    assert (User.objects.count(), twice.count()) == (users, 0)


def test_a_login_that_links_needs_three_queries_more(cast: Cast, okta: Connection, entra: Connection) -> None:
    User.objects.filter(email=email(0)).update(state="pending")
    with CaptureQueriesContext(connection) as usual:
        log_in(entra, 0)
    start(cast, okta, entra)
    with at_most(len(usual)):  # a pending person needs more than that: to become active
        log_in(entra, 1)


def test_the_way_back_for_everybody_is_made_in_portions(cast: Cast, okta: Connection, entra: Connection) -> None:
    move = start(cast, okta, entra)
    know(entra, list(User.objects.filter(origin="sso")))
    with at_most(20 + 10 * PEOPLE // AT_ONCE):
        assert moves.undo_move(move, acting=person(cast.alice)).identities == PEOPLE
    assert AuditEntry.objects.filter(action="user.identity-removed").count() == PEOPLE
    assert (entra.identities.count(), okta.identities.count()) == (0, PEOPLE)

"""Moving people from one connection to another: who links, start, finish, and back."""

from collections.abc import Callable

import pytest

from accounts.audit.audit import OPERATOR, Actor, person
from accounts.connections import connections
from accounts.connections.moving import moves
from accounts.connections.moving.findings import Finding, counts_of
from accounts.deprovisioning import end_access
from accounts.errors import ActionRefused
from accounts.models import AuditEntry, Connection, ConnectionMove, User
from accounts.permissions import Permission
from accounts.rights import PermissionsExceeded
from accounts.sso.login.complete import complete_login
from accounts.sso.refusal import LoginRefused
from accounts.users import users
from tests.accounts.connections.moving.company import Company, known, one_of_two
from tests.accounts.connections.test_identities import session, sso_user
from tests.conftest import LogIn
from tests.support.cast import Cast
from tests.support.factories import claims, known_at, saml_connection
from tests.support.holders import holder

pytestmark = pytest.mark.django_db


def test_people_link_at_their_first_login_and_both_connections_stay_alive(company: Company, log_in: LogIn) -> None:
    company.start()
    assert company.log_in() == company.dana
    assert company.log_in() == company.dana
    assert log_in(claims(company.okta), company.okta).user == company.dana
    assert counts_of(moves.open_or_planned(company.okta, company.entra)) == {Finding.LINKED: 1}


def test_the_login_record_names_the_move(company: Company) -> None:
    company.start()
    done = complete_login(claims(company.entra, subject="x"), company.entra)
    assert "in the move of users from Okta, and linked" in done.record.decisions[0]


def refused(company: Company, **values: object) -> str:
    with pytest.raises(LoginRefused) as refusal:
        company.log_in(**values)  # type: ignore[arg-type]
    return refusal.value.code


def test_without_a_move_they_are_refused(company: Company) -> None:
    assert refused(company) == "email-taken"


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"email_trusted": False}, "email-not-verified"),
        ({"email_trusted": False, "guest": "acct is 1"}, "guest"),
        ({"email": "dana@elsewhere.example"}, "email-not-proved"),
    ],
)
def test_in_a_move_too_an_email_has_to_be_vouched_for(
    cast: Cast, company: Company, values: dict[str, object], code: str
) -> None:
    company.start()
    known(cast, company, "dana@elsewhere.example")
    assert refused(company, **values) == code


def test_a_second_subject_with_the_same_email_is_refused(company: Company) -> None:
    company.start()
    company.log_in("first")
    assert refused(company, subject="second") == "email-taken"


def test_a_user_name_alone_finds_nobody(cast: Cast, company: Company) -> None:
    known(cast, company, "x@acme.example", user_name="sam", user_name_key="sam", provisioned_by=company.entra.pk)
    company.start()
    assert refused(company, email="new@acme.example", user_names=("sam",)) == "email-taken"


def test_two_who_match_are_refused(cast: Cast, company: Company) -> None:
    company.start()
    one_of_two(cast, company)
    assert refused(company, email="x@acme.example") == "two-users-match"


def test_a_password_user_who_is_not_known_at_the_source_is_refused(company: Company) -> None:
    company.start()
    assert refused(company, email="bob@acme.example") == "email-taken"


def test_a_deprovisioned_user_stays_out(company: Company) -> None:
    company.start()
    end_access.deprovision(company.dana.pk, company.okta.account, acting=OPERATOR)
    assert refused(company) == "deprovisioned"


@pytest.mark.parametrize("includes_privileged", [True, False])
def test_people_with_account_permissions_link_where_the_admin_said_so(
    cast: Cast, company: Company, includes_privileged: bool
) -> None:
    known_at(company.okta, cast.alice)
    company.start(includes_privileged=includes_privileged)
    if includes_privileged:
        assert company.log_in(email="alice@acme.example") == cast.alice
    else:
        assert refused(company, email="alice@acme.example") == "email-taken"


def test_a_third_connection_links_nobody(cast: Cast, company: Company) -> None:
    company.start()
    ping = saml_connection(cast.acme, name="Ping")
    with pytest.raises(LoginRefused):
        complete_login(claims(ping, subject="ping-dana"), ping)


def test_a_move_can_be_on_from_each_of_several_connections(cast: Cast, company: Company) -> None:
    ping = saml_connection(cast.acme, name="Ping")
    sam = sso_user(cast, "sam@acme.example")
    known_at(ping, sam)
    company.start()
    moves.start_move(ping, company.entra, includes_privileged=True, acting=company.admin)
    assert company.log_in("sam", email="sam@acme.example") == sam
    assert company.log_in("dana") == company.dana


def test_within_one_connection_changed_subjects_link_once(company: Company, log_in: LogIn) -> None:
    move = moves.start_move(company.okta, company.okta, includes_privileged=True, acting=company.admin)
    assert log_in(claims(company.okta, subject="new"), company.okta).user == company.dana
    with pytest.raises(LoginRefused):
        log_in(claims(company.okta, subject="third"), company.okta)
    assert moves.undo_move(move, acting=company.admin).identities == 1
    assert [row.subject for row in company.dana.identities.all()] == ["00u1dana"]


def _disabled(company: Company) -> None:
    connections.disable(company.entra, acting=OPERATOR)


def _draft(company: Company) -> None:
    Connection.objects.filter(pk=company.okta.pk).update(state="draft")


def _started(company: Company) -> None:
    company.start()


def _opposite(company: Company) -> None:
    known_at(company.entra, users.create_from_login(company.okta.account, "e@acme.example", acting=OPERATOR))
    moves.start_move(company.entra, company.okta, includes_privileged=True, acting=company.admin)


def _unverified(company: Company) -> None:
    company.entra.domains.clear()


@pytest.mark.parametrize(
    ("before", "why"),
    [
        (_disabled, "enable it first"),
        (_draft, "is a draft"),
        (_started, "is on already"),
        (_opposite, "is on already"),
        (_unverified, r"domain not verified for this connection \(1\)"),
    ],
)
def test_a_start_that_cannot_work_is_refused_in_words(
    company: Company, before: Callable[[Company], None], why: str
) -> None:
    before(company)
    with pytest.raises(ActionRefused, match=why):
        company.start()


def test_a_connection_of_another_account_is_refused(cast: Cast, company: Company) -> None:
    with pytest.raises(ActionRefused, match="two connections of the same account"):
        moves.start_move(saml_connection(cast.globex), company.entra, includes_privileged=True, acting=company.admin)


VERBS: dict[str, Callable[[Company, ConnectionMove, Actor], object]] = {
    "start": lambda company, _move, acting: moves.start_move(
        company.okta, company.okta, includes_privileged=False, acting=acting
    ),
    "finish": lambda _company, move, acting: moves.finish_move(move, acting=acting),
    "undo": lambda _company, move, acting: moves.undo_move(move, acting=acting),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("held", [(Permission.MANAGE_SSO,), (Permission.MANAGE_SSO, Permission.MANAGE_USERS)])
def test_each_step_needs_all_account_permissions(
    cast: Cast, company: Company, verb: str, held: tuple[Permission, ...]
) -> None:
    move = company.start()
    with pytest.raises(PermissionsExceeded):
        VERBS[verb](company, move, person(holder(cast.acme, *held)))
    move.refresh_from_db()
    assert move.ended_at is None
    VERBS[verb](company, move, company.admin)


def test_back_removes_the_new_identities_and_ends_their_sessions(company: Company, log_in: LogIn) -> None:
    move = company.start()
    company.log_in()
    opened = session(company.entra.identities.get())
    done = moves.undo_move(move, acting=company.admin)
    opened.refresh_from_db()
    assert (done.identities, done.sessions, opened.ended_at is None) == (1, 1, False)
    assert log_in(claims(company.okta), company.okta).user == company.dana
    assert refused(company) == "email-taken"


def test_back_leaves_people_who_have_the_new_connection_only(cast: Cast, company: Company) -> None:
    before = known_at(company.entra, cast.bob)
    move = company.start()
    after = known_at(company.entra, cast.petra)
    moves.undo_move(move, acting=company.admin)
    assert set(company.entra.identities.all()) == {before, after}


def test_back_can_disable_the_new_connection(company: Company) -> None:
    moves.undo_move(company.start(), acting=company.admin, disable=True)
    company.entra.refresh_from_db()
    assert company.entra.state == "disabled"


def test_there_is_no_way_back_to_a_connection_that_is_disabled(company: Company) -> None:
    move = company.start()
    company.log_in()
    connections.disable(company.okta, acting=OPERATOR)
    with pytest.raises(ActionRefused, match="enable it first, then go back"):
        moves.undo_move(move, acting=company.admin)
    move.refresh_from_db()
    assert (move.ended_at, company.entra.identities.count()) == (None, 1)


def test_after_the_end_nobody_links_and_all_identities_stay(cast: Cast, company: Company) -> None:
    sam = known(cast, company, "sam@acme.example")
    move = company.start()
    company.log_in()
    moves.finish_move(move, acting=company.admin)
    assert refused(company, subject="sam", email="sam@acme.example") == "email-taken"
    assert company.log_in() == company.dana
    assert sam.identities.count() == 1


def test_a_move_ends_once(company: Company) -> None:
    move = company.start()
    moves.finish_move(move, acting=company.admin)
    with pytest.raises(ActionRefused, match="has ended already"):
        moves.undo_move(move, acting=company.admin)


def test_each_step_is_in_the_audit_log(company: Company) -> None:
    moves.finish_move(company.start(), acting=company.admin)
    moves.undo_move(company.start(), acting=company.admin)
    actions = ("connection.move-started", "connection.move-finished", "connection.move-undone")
    assert [AuditEntry.objects.filter(action=action).count() for action in actions] == [2, 1, 1]
    started = AuditEntry.objects.filter(action="connection.move-started").first()
    assert started is not None
    assert started.changes["people"] == [None, {"links": 1}]


def provisioned_by(user: User, connection: Connection) -> None:
    User.objects.filter(pk=user.pk).update(provisioned_by=connection.pk)


def test_the_end_hands_provisioning_over_for_those_who_linked(cast: Cast, company: Company) -> None:
    sam = known(cast, company, "sam@acme.example")
    for user in (sam, company.dana):
        provisioned_by(user, company.okta)
    move = company.start()
    company.log_in()
    assert moves.provisioned(move, move.source).count() == 1
    assert moves.finish_move(move, acting=company.admin, hand_over=True) == 1
    for user, connection in ((company.dana, company.entra), (sam, company.okta)):
        user.refresh_from_db()
        assert user.provisioned_by == connection.pk


def test_without_the_tick_provisioning_stays(company: Company) -> None:
    provisioned_by(company.dana, company.okta)
    move = company.start()
    company.log_in()
    moves.finish_move(move, acting=company.admin)
    company.dana.refresh_from_db()
    assert company.dana.provisioned_by == company.okta.pk


def test_the_way_back_hands_it_back(company: Company) -> None:
    move = company.start()
    company.log_in()
    provisioned_by(company.dana, company.entra)
    moves.undo_move(move, acting=company.admin, hand_over=True)
    company.dana.refresh_from_db()
    assert company.dana.provisioned_by == company.okta.pk

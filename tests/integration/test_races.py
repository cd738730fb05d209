"""The same person, or the same message, at two places at once: PostgreSQL decides, one wins, nothing breaks."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import connection

from accounts import tasks, unrecorded_refusals
from accounts.audit.audit import OPERATOR
from accounts.errors import ActionRefused
from accounts.groups import groups
from accounts.groups import members as group_members
from accounts.models import AuditEntry, ExternalIdentity, GroupMembership, UnrecordedRefusals, User
from accounts.sso.login.complete import complete_login
from accounts.sso.refusal import LoginRefused
from accounts.users import users
from tests.support.cast import Cast
from tests.support.factories import claims, mapped_group, saml_connection

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 4


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Runs the calls in threads that start together; gives results, refusals among them."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        try:
            barrier.wait(timeout=10)
            return call()
        except (LoginRefused, ActionRefused) as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(run, call) for call in calls]]


def test_four_first_logins_of_one_person_make_one_user_and_one_identity(cast: Cast) -> None:
    okta = saml_connection(cast.acme)
    for number in range(10):
        who = {"subject": f"s{number}", "email": f"p{number}@acme.example"}
        made = [claims(okta, **who) for _ in range(AT_ONCE)]
        done = at_once(*(lambda one=one: complete_login(one, okta) for one in made))
        assert len({login.user.pk for login in done}) == 1
    assert ExternalIdentity.objects.count() == User.objects.filter(origin="sso").count() == 10


def test_a_first_login_and_an_announcement_of_the_same_person_make_one_user(cast: Cast) -> None:
    okta = saml_connection(cast.acme)
    for number in range(10):
        email = f"p{number}@acme.example"
        login = claims(okta, subject=f"s{number}", email=email)
        at_once(lambda login=login: complete_login(login, okta), lambda email=email: announce(cast, email))
        user = User.objects.get(account=cast.acme, email_key=email)
        assert (user.state, user.identities.count()) == ("active", 1)


def announce(cast: Cast, email: str) -> None:
    try:
        users.provision_pending(cast.acme, email, acting=OPERATOR)
    except users.ActionRefused:
        return


def test_one_message_at_four_places_is_used_once(cast: Cast) -> None:
    okta = saml_connection(cast.acme)
    message = claims(okta, message_id="_same")
    done = at_once(*[lambda: complete_login(message, okta)] * AT_ONCE)
    refused = [one.code for one in done if isinstance(one, LoginRefused)]
    assert refused == ["message-replayed"] * (AT_ONCE - 1)


def test_a_task_delivered_five_times_at_once_writes_one_audit_entry(cast: Cast) -> None:
    mapped_group(cast.acme, "Ops", "Ops")
    okta = saml_connection(cast.acme)
    done = complete_login(claims(okta, group_ids=("Ops",)), okta)
    GroupMembership.objects.all().delete()
    synced = AuditEntry.objects.filter(action="user.groups-synced")
    before = synced.count()
    ExternalIdentity.objects.update(synced_sequence=0)
    at_once(*[lambda: tasks.sync_groups_after_login(str(done.record.identity_id))] * 5)
    assert GroupMembership.objects.count() == 1
    assert synced.count() == before + 1


def test_two_admins_give_two_groups_one_identifier_and_one_is_refused(cast: Cast) -> None:
    for number in range(10):
        pair = [mapped_group(cast.acme, f"{name} {number}") for name in ("Ops", "Dev")]
        wanted = partial(groups.update_group, values={"idp_identifier": f"wanted-{number}"}, acting=OPERATOR)
        done = at_once(*(partial(wanted, group) for group in pair))
        (refused,) = [one for one in done if isinstance(one, ActionRefused)]
        assert any(f"'{group.name}'" in str(refused) for group in pair)


def test_a_login_and_an_admin_put_one_person_in_once(cast: Cast) -> None:
    """Nobody waits for the other for ever, and the user is in the group in either order."""
    okta, group = saml_connection(cast.acme), mapped_group(cast.acme, "Ops", "ops")
    for number in range(10):
        email = f"p{number}@acme.example"
        person = users.provision_pending(cast.acme, email, acting=OPERATOR)
        login = claims(okta, subject=f"s{number}", email=email, group_ids=("ops",))
        at_once(
            lambda login=login: complete_login(login, okta),
            lambda person=person: group_members.add_member(group, person, acting=OPERATOR),
        )
        assert GroupMembership.objects.filter(group=group, user=person).count() == 1


def test_refusals_that_are_counted_at_once_are_all_counted(cast: Cast) -> None:
    okta = saml_connection(cast.acme)
    at_once(*([partial(unrecorded_refusals.count, okta, "saml-unsigned", "Unsigned.")] * AT_ONCE))
    assert sum(UnrecordedRefusals.objects.values_list("number", flat=True)) == AT_ONCE

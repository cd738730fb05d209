"""Provisioning's verbs: who is announced, revised, let go, restored and erased, and who is protected."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import tasks
from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import end_access
from accounts.deprovisioning.erase import erase
from accounts.models import Account, AuditEntry, ExternalIdentity, User
from accounts.permissions import ACCOUNT_ADMIN
from accounts.provisioning import provisioning
from accounts.provisioning.taken import Taken
from accounts.provisioning.user_record import UserRecord
from accounts.sso.refusal import LoginRefused
from accounts.tokens import tokens
from accounts.users import users
from accounts.users.protection import Protected
from tests.conftest import LogIn
from tests.support.cast import PASSWORD, Cast
from tests.support.factories import claims, saml_connection

pytestmark = pytest.mark.django_db
ANN = UserRecord("ann@acme.example", external_id="00u1ann", emails=("ann@acme.example",), first_name="Ann")


def provision(cast: Cast, record: UserRecord = ANN) -> User:
    return provisioning.provision(cast.acme, record, acting=OPERATOR)


def revise(cast: Cast, user: User, record: UserRecord) -> User:
    return provisioning.revise(user.pk, cast.acme, record, acting=OPERATOR)


def test_an_announced_person_is_pending_and_has_no_password(cast: Cast) -> None:
    ann = provision(cast)
    assert (ann.state, ann.origin, ann.has_usable_password()) == ("pending", "scim", False)


@pytest.mark.parametrize(
    "record",
    [
        replace(ANN, user_name="ANN@acme.example", external_id=None),
        replace(ANN, user_name="other", emails=("Ann@ACME.example",), external_id=None),
    ],
    ids=["user name", "e-mail"],
)
def test_what_another_user_has_is_taken(cast: Cast, record: UserRecord) -> None:
    provision(cast)
    with pytest.raises(Taken):
        provision(cast, record)


def test_the_same_person_may_be_announced_in_another_account(cast: Cast) -> None:
    provision(cast)
    assert provisioning.provision(cast.globex, ANN, acting=OPERATOR).account == cast.globex


def test_a_person_who_was_let_go_comes_back_under_the_same_id_as_pending(cast: Cast) -> None:
    ann = provision(cast)
    end_access.deprovision(ann.pk, cast.acme, acting=OPERATOR)
    again = provision(cast, replace(ANN, first_name="Anna"))
    assert (again.pk, again.state, again.first_name) == (ann.pk, "pending", "Anna")


def test_who_is_let_go_has_no_session_and_no_token_and_restoring_revives_neither(cast: Cast) -> None:
    client = Client()
    client.post("/login", {"email": "bob@acme.example", "password": PASSWORD})
    token = tokens.issue_token(cast.bob, "t", [], acting=OPERATOR)[1]
    for verb in (end_access.deprovision, end_access.restore):
        verb(cast.bob.pk, cast.acme, acting=OPERATOR)
        assert client.get("/api/me").status_code == 401
        assert tokens.find_live(token) is None


def test_letting_go_twice_has_one_effect(cast: Cast) -> None:
    ann = provision(cast)
    for _ in range(2):
        revise(cast, ann, replace(ANN, active=False))
    assert AuditEntry.objects.filter(action="user.deprovisioned").count() == 1


def test_who_is_restored_is_pending_unless_they_have_a_password(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme)
    dana = log_in(claims(okta), okta).user
    for user, state in ((dana, "pending"), (cast.bob, "active")):
        end_access.deprovision(user.pk, cast.acme, acting=OPERATOR)
        assert end_access.restore(user.pk, cast.acme, acting=OPERATOR).state == state
    assert log_in(claims(okta), okta).user.state == "active"


def test_nothing_said_of_active_and_external_id_leaves_them(cast: Cast) -> None:
    ann = provision(cast)
    end_access.deprovision(ann.pk, cast.acme, acting=OPERATOR)
    revised = revise(cast, ann, replace(ANN, external_id=None, active=None, first_name="Anna"))
    assert (revised.state, revised.external_id, revised.first_name) == ("deprovisioned", "00u1ann", "Anna")


def test_a_revision_that_changes_nothing_writes_nothing(cast: Cast) -> None:
    ann = provision(cast)
    before = AuditEntry.objects.count()
    assert revise(cast, ann, ANN).version == ann.version
    assert AuditEntry.objects.count() == before


def test_each_change_is_a_new_version(cast: Cast) -> None:
    ann = provision(cast)
    assert revise(cast, ann, replace(ANN, first_name="Anna")).version == ann.version + 1


def test_the_email_of_an_admin_or_password_user_stays(cast: Cast) -> None:
    for user in (cast.alice, cast.bob):
        with pytest.raises(Protected, match="unchanged"):
            revise(cast, user, UserRecord(user.email, emails=("evil@acme.example",)))


def test_the_last_admin_stays(cast: Cast) -> None:
    for verb in (end_access.deprovision, erase):
        with pytest.raises(Protected, match="last account admin"):
            verb(cast.alice.pk, cast.acme, acting=OPERATOR)
    with pytest.raises(Protected, match="last account admin"):
        revise(cast, cast.alice, UserRecord("alice@acme.example", emails=("alice@acme.example",), active=False))


def test_one_of_two_admins_may_go(cast: Cast) -> None:
    users.set_account_role(cast.bob, users.role_named(cast.acme, ACCOUNT_ADMIN), acting=OPERATOR)
    assert end_access.deprovision(cast.alice.pk, cast.acme, acting=OPERATOR).state == "deprovisioned"


def test_an_erased_person_leaves_no_name_behind_and_may_be_announced_anew(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme)
    ann = provision(cast)
    log_in(claims(okta, email="ann@acme.example", subject="ann"), okta)
    erase(ann.pk, cast.acme, acting=OPERATOR)
    assert not User.objects.filter(pk=ann.pk, email="ann@acme.example").exists()
    anew = provision(cast)
    assert log_in(claims(okta, email="ann@acme.example", subject="ann"), okta).user.pk == anew.pk != ann.pk


def test_the_sweep_removes_erased_rows_and_keeps_the_audit_log(cast: Cast) -> None:
    ann = provision(cast)
    erase(ann.pk, cast.acme, acting=OPERATOR)
    User.objects.filter(pk=ann.pk).update(deprovisioned_at=timezone.now() - timedelta(hours=2))
    assert tasks.sweep()["people_erased"] == 1
    assert AuditEntry.objects.get(action="user.erased").object_label == "ann@acme.example"


def test_the_accounts_counters_follow(cast: Cast) -> None:
    before = Account.objects.get(pk=cast.acme.pk)
    ann = provision(cast)
    with pytest.raises(Taken):
        provision(cast)
    erase(ann.pk, cast.acme, acting=OPERATOR)
    after = Account.objects.get(pk=cast.acme.pk)
    assert (after.user_count, after.last_user_number) == (before.user_count, before.last_user_number + 1)


@pytest.mark.parametrize("verb", [end_access.deprovision, end_access.restore, erase])
def test_charlie_cannot_be_reached_from_acme(cast: Cast, verb: Any) -> None:
    with pytest.raises(User.DoesNotExist):
        verb(cast.charlie.pk, cast.acme, acting=OPERATOR)


def test_a_deprovisioned_person_cannot_come_in(cast: Cast, log_in: LogIn) -> None:
    ann = provision(cast)
    end_access.deprovision(ann.pk, cast.acme, acting=OPERATOR)
    okta = saml_connection(cast.acme)
    with pytest.raises(LoginRefused) as refused:
        log_in(claims(okta, email="ann@acme.example"), okta)
    assert refused.value.code == "deprovisioned"
    assert not ExternalIdentity.objects.exists()


def test_a_provisioned_person_is_joined_by_user_name_at_the_first_login(cast: Cast, log_in: LogIn) -> None:
    ann = provision(cast, replace(ANN, user_name="ann.lee", emails=("ann.lee@mail.acme.example",), external_id=None))
    okta = saml_connection(cast.acme)
    done = log_in(claims(okta, email="a.lee@acme.example", user_names=("ANN.LEE",)), okta)
    assert done.user.pk == ann.pk


def test_nobody_is_announced_under_the_address_of_somebody_who_came_by_login(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme)
    log_in(claims(okta), okta)
    with pytest.raises(Taken):
        provision(cast, UserRecord("DANA@acme.example", emails=("other@acme.example",)))


def test_a_login_under_a_user_name_of_an_unproved_domain_is_refused(cast: Cast, log_in: LogIn) -> None:
    provision(cast, UserRecord("guest@partner.example", emails=("guest@acme.example",)))
    okta = saml_connection(cast.acme)
    with pytest.raises(LoginRefused) as refused:
        log_in(claims(okta, email="guest@partner.example"), okta)
    assert refused.value.code == "email-not-proved"

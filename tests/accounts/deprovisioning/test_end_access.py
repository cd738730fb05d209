"""Deprovision and restore: access ends and comes back at once, and some users are protected."""

from typing import Any

import pytest
from django.test import Client

from accounts.audit import audit
from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import end_access
from accounts.models import AuditEntry, ExternalIdentity, User
from accounts.permissions import ACCOUNT_ADMIN
from accounts.provisioning import provisioning
from accounts.provisioning.provisioning import UserRecord
from accounts.sso.refusal import LoginRefused
from accounts.tokens import tokens
from accounts.users import users
from accounts.users.protection import Protected
from tests.conftest import LogIn
from tests.support import changing
from tests.support.cast import PASSWORD, Cast
from tests.support.changing import erase
from tests.support.factories import claims, saml_connection

pytestmark = pytest.mark.django_db
ANN = UserRecord("ann@acme.example", external_id="00u1ann", emails=("ann@acme.example",), first_name="Ann")


def provision(cast: Cast, record: UserRecord = ANN) -> User:
    return provisioning.provision(cast.acme, record, acting=OPERATOR)


def revise(cast: Cast, user: User, record: UserRecord) -> User:
    return changing.revise(user.pk, cast.acme, record, acting=OPERATOR)


def test_a_deprovisioned_user_has_no_session_and_no_token_and_restoring_revives_neither(cast: Cast) -> None:
    client = Client()
    client.post("/login", {"email": "bob@acme.example", "password": PASSWORD})
    token = tokens.issue_token(cast.bob, "t", [], acting=OPERATOR)[1]
    for verb in (end_access.deprovision, end_access.restore):
        verb(cast.bob.pk, cast.acme, acting=OPERATOR)
        assert client.get("/api/me").status_code == 401
        assert tokens.find_live(token) is None


def test_a_restored_user_is_pending_unless_they_have_a_password(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme)
    dana = log_in(claims(okta), okta).user
    for user, state in ((dana, "pending"), (cast.bob, "active")):
        end_access.deprovision(user.pk, cast.acme, acting=OPERATOR)
        assert end_access.restore(user.pk, cast.acme, acting=OPERATOR).state == state
    assert log_in(claims(okta), okta).user.state == "active"


def test_the_last_admin_stays(cast: Cast) -> None:
    for verb in (end_access.deprovision, erase):
        with pytest.raises(Protected, match="last account admin"):
            verb(cast.alice.pk, cast.acme, acting=OPERATOR)
    with pytest.raises(Protected, match="last account admin"):
        revise(cast, cast.alice, UserRecord("alice@acme.example", emails=("alice@acme.example",), active=False))


def test_one_of_two_admins_may_be_deprovisioned(cast: Cast) -> None:
    users.set_account_role(cast.bob, users.role_named(cast.acme, ACCOUNT_ADMIN), acting=OPERATOR)
    assert end_access.deprovision(cast.alice.pk, cast.acme, acting=OPERATOR).state == "deprovisioned"


@pytest.mark.parametrize("verb", [end_access.deprovision, end_access.restore, erase])
def test_a_user_of_another_account_is_not_found(cast: Cast, verb: Any) -> None:
    with pytest.raises(User.DoesNotExist):
        verb(cast.charlie.pk, cast.acme, acting=OPERATOR)


def test_a_deprovisioned_user_cannot_sign_in(cast: Cast, log_in: LogIn) -> None:
    ann = provision(cast)
    end_access.deprovision(ann.pk, cast.acme, acting=OPERATOR)
    okta = saml_connection(cast.acme)
    with pytest.raises(LoginRefused) as refused:
        log_in(claims(okta, email="ann@acme.example"), okta)
    assert refused.value.code == "deprovisioned"
    assert not ExternalIdentity.objects.exists()


def states(*users: User) -> list[str]:
    return [User.objects.get(pk=user.pk).state for user in users]


def test_a_protected_user_is_named_and_stops_nobody_elses_deprovisioning(cast: Cast) -> None:
    done = end_access.deprovision_many([cast.alice.pk, cast.bob.pk, cast.petra.pk], cast.acme, acting=OPERATOR)
    assert states(cast.alice, cast.bob, cast.petra) == ["active", "deprovisioned", "deprovisioned"]
    assert (done.deprovisioned, len(done.refused)) == (2, 1)
    assert "last account admin" in done.refused[0]
    assert AuditEntry.objects.get(action="user.protected").object_id == cast.alice.pk


def test_the_actor_keeps_access(cast: Cast) -> None:
    done = end_access.deprovision_many([cast.alice.pk], cast.acme, acting=audit.person(cast.alice))
    assert states(cast.alice) == ["active"]
    assert "another admin can deprovision you" in done.refused[0]


def test_a_user_of_another_account_is_left_out(cast: Cast) -> None:
    assert end_access.deprovision_many([cast.charlie.pk], cast.acme, acting=OPERATOR).deprovisioned == 0
    assert states(cast.charlie) == ["active"]

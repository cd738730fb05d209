"""Users who may not be deprovisioned or demoted by anybody; attempts are recorded."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from accounts.audit import audit
from accounts.audit.audit import OPERATOR, Actor
from accounts.deprovisioning import end_access
from accounts.errors import ActionRefused
from accounts.models import Alert, AuditEntry, User
from accounts.permissions import ACCOUNT_ADMIN, ACCOUNT_MEMBER, Permission
from accounts.provisioning.provisioning import UserRecord
from accounts.users import protection, users
from accounts.users.protection import OwnToken, Protected
from tests.conftest import LogIn
from tests.support import changing
from tests.support.cast import Cast
from tests.support.changing import erase
from tests.support.commands import run
from tests.support.factories import claims, saml_connection

pytestmark = pytest.mark.django_db


def give_role(cast: Cast, user: User, role: str) -> bool:
    return users.set_account_role(user, users.role_named(cast.acme, role), acting=OPERATOR)


def test_the_last_admin_keeps_the_role(cast: Cast) -> None:
    with pytest.raises(Protected, match="last account admin"):
        give_role(cast, cast.alice, ACCOUNT_MEMBER)
    assert User.objects.get(pk=cast.alice.pk).account_role.name == ACCOUNT_ADMIN


def test_one_of_two_admins_may_be_demoted_and_then_the_other_may_not(cast: Cast) -> None:
    give_role(cast, cast.bob, ACCOUNT_ADMIN)
    assert give_role(cast, cast.alice, ACCOUNT_MEMBER)
    with pytest.raises(Protected):
        give_role(cast, cast.bob, ACCOUNT_MEMBER)


@pytest.mark.parametrize("state", ["pending", "deprovisioned"])
def test_an_admin_who_cannot_come_in_takes_nobodys_place(cast: Cast, state: str) -> None:
    User.objects.filter(pk=cast.petra.pk).update(account_role=cast.alice.account_role, state=state)
    with pytest.raises(Protected):
        end_access.deprovision(cast.alice.pk, cast.acme, acting=OPERATOR)


def test_an_admin_of_another_account_takes_nobodys_place(cast: Cast) -> None:
    users.set_account_role(cast.charlie, users.role_named(cast.globex, ACCOUNT_ADMIN), acting=OPERATOR)
    with pytest.raises(Protected):
        give_role(cast, cast.alice, ACCOUNT_MEMBER)


def test_a_deprovisioned_user_gets_no_account_role(cast: Cast) -> None:
    end_access.deprovision(cast.bob.pk, cast.acme, acting=OPERATOR)
    cast.bob.refresh_from_db()
    with pytest.raises(ActionRefused, match="Restore them first"):
        give_role(cast, cast.bob, ACCOUNT_ADMIN)


def test_a_login_that_would_demote_the_last_admin_keeps_the_role_and_says_so(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme, update_policy="everything", agreed_permissions=[*Permission])
    okta.grantable_account_roles.add(
        *(users.role_named(cast.acme, name) for name in (ACCOUNT_ADMIN, ACCOUNT_MEMBER)),
        through_defaults={"account": cast.acme},
    )
    dana = log_in(claims(okta, account_role=ACCOUNT_ADMIN), okta).user
    end_access.deprovision(cast.alice.pk, cast.acme, acting=OPERATOR)
    again = log_in(claims(okta, account_role=ACCOUNT_MEMBER), okta)
    assert User.objects.get(pk=dana.pk).account_role.name == ACCOUNT_ADMIN
    assert any("requested and not given" in sentence for sentence in again.record.decisions)
    assert AuditEntry.objects.filter(action="user.protected", object_id=dana.pk).exists()


def test_a_refused_command_is_in_the_audit_log(cast: Cast) -> None:
    with pytest.raises(Exception, match="last account admin"):
        run("deprovision_user", "Acme", "alice@acme.example")
    entry = AuditEntry.objects.get(action="user.protected")
    assert (entry.actor, entry.object_id) == (OPERATOR.label, cast.alice.pk)


WITHOUT_ACCESS = UserRecord("bob@acme.example", emails=("bob@acme.example",), active=False)


@pytest.mark.parametrize("end", [end_access.deprovision, erase, partial(changing.revise, record=WITHOUT_ACCESS)])
def test_provisioning_may_not_remove_the_owner_of_its_own_token(cast: Cast, end: Any) -> None:
    scim = Actor("provisioning (Bob's)", cast.bob.pk, automatic=True)
    with pytest.raises(OwnToken, match="service token") as refused:
        end(cast.bob.pk, cast.acme, acting=scim)
    protection.remember(refused.value)
    assert Alert.objects.get().kind == "token-owner"


def test_a_person_may_remove_themselves_where_no_token_is_lost(cast: Cast) -> None:
    assert end_access.deprovision(cast.bob.pk, cast.acme, acting=audit.person(cast.bob)).state == "deprovisioned"


def test_a_token_may_remove_others_than_its_owner(cast: Cast) -> None:
    scim = replace(audit.person(cast.alice), automatic=True)
    assert end_access.deprovision(cast.bob.pk, cast.acme, acting=scim).state == "deprovisioned"

"""An erased user leaves no name behind, but for the audit log."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import tasks
from accounts.audit.audit import OPERATOR
from accounts.models import Account, AuditEntry, User
from accounts.provisioning import provisioning
from accounts.provisioning.provisioning import Taken, UserRecord
from tests.conftest import LogIn
from tests.support import changing
from tests.support.cast import Cast
from tests.support.changing import erase
from tests.support.factories import claims, saml_connection

pytestmark = pytest.mark.django_db
ANN = UserRecord("ann@acme.example", external_id="00u1ann", emails=("ann@acme.example",), first_name="Ann")


def provision(cast: Cast, record: UserRecord = ANN) -> User:
    return provisioning.provision(cast.acme, record, acting=OPERATOR)


def revise(cast: Cast, user: User, record: UserRecord) -> User:
    return changing.revise(user.pk, cast.acme, record, acting=OPERATOR)


def test_an_erased_user_leaves_no_name_behind_and_may_be_created_anew(cast: Cast, log_in: LogIn) -> None:
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

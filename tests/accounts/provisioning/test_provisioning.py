"""Users are created and revised as the identity provider describes them."""

from dataclasses import replace

import pytest

from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import end_access
from accounts.models import AuditEntry, User
from accounts.provisioning import provisioning
from accounts.provisioning.provisioning import Taken, UserRecord
from accounts.sso.refusal import LoginRefused
from accounts.users.protection import Protected
from tests.conftest import LogIn
from tests.support import changing
from tests.support.cast import Cast
from tests.support.factories import claims, saml_connection

pytestmark = pytest.mark.django_db
ANN = UserRecord("ann@acme.example", external_id="00u1ann", emails=("ann@acme.example",), first_name="Ann")


def provision(cast: Cast, record: UserRecord = ANN) -> User:
    return provisioning.provision(cast.acme, record, acting=OPERATOR)


def revise(cast: Cast, user: User, record: UserRecord) -> User:
    return changing.revise(user.pk, cast.acme, record, acting=OPERATOR)


def test_a_new_user_is_pending_and_has_no_password(cast: Cast) -> None:
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


def test_the_same_user_may_be_created_in_another_account(cast: Cast) -> None:
    provision(cast)
    assert provisioning.provision(cast.globex, ANN, acting=OPERATOR).account == cast.globex


def test_a_deprovisioned_user_comes_back_under_the_same_id_as_pending(cast: Cast) -> None:
    ann = provision(cast)
    end_access.deprovision(ann.pk, cast.acme, acting=OPERATOR)
    again = provision(cast, replace(ANN, first_name="Anna"))
    assert (again.pk, again.state, again.first_name) == (ann.pk, "pending", "Anna")


def test_deprovisioning_twice_has_one_effect(cast: Cast) -> None:
    ann = provision(cast)
    for _ in range(2):
        revise(cast, ann, replace(ANN, active=False))
    assert AuditEntry.objects.filter(action="user.deprovisioned").count() == 1


def test_active_and_external_id_stay_when_they_are_not_sent(cast: Cast) -> None:
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


def test_a_provisioned_user_is_found_by_user_name_at_the_first_login(cast: Cast, log_in: LogIn) -> None:
    ann = provision(cast, replace(ANN, user_name="ann.lee", emails=("ann.lee@mail.acme.example",), external_id=None))
    okta = saml_connection(cast.acme)
    done = log_in(claims(okta, email="a.lee@acme.example", user_names=("ANN.LEE",)), okta)
    assert done.user.pk == ann.pk


def test_the_address_of_a_user_created_by_a_login_is_taken(cast: Cast, log_in: LogIn) -> None:
    okta = saml_connection(cast.acme)
    log_in(claims(okta), okta)
    with pytest.raises(Taken):
        provision(cast, UserRecord("DANA@acme.example", emails=("other@acme.example",)))


def test_a_login_under_a_user_name_of_an_unverified_domain_is_refused(cast: Cast, log_in: LogIn) -> None:
    provision(cast, UserRecord("guest@partner.example", emails=("guest@acme.example",)))
    okta = saml_connection(cast.acme)
    with pytest.raises(LoginRefused) as refused:
        log_in(claims(okta, email="guest@partner.example"), okta)
    assert refused.value.code == "email-not-proved"

"""Two admins remove each other at the same instant: one is refused, and an admin is left (R19)."""

from collections import Counter
from collections.abc import Callable
from functools import partial

import pytest
from django.test import Client

from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import end_access
from accounts.errors import ActionRefused
from accounts.models import Account, User
from accounts.models.user import UserState
from accounts.permissions import ACCOUNT_ADMIN, ACCOUNT_MEMBER
from accounts.users import users
from tests.faults.scim_client import replace
from tests.integration.test_races import at_once
from tests.support.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 50


@pytest.fixture
def admins(cast: Cast) -> list[User]:
    """Alice, and Andy like her."""
    role = users.role_named(cast.acme, ACCOUNT_ADMIN)
    andy = users.create_password_user(cast.acme, "andy@acme.example", PASSWORD, acting=OPERATOR, account_role=role)
    return [cast.alice, andy]


def back_in(admins: list[User]) -> None:
    role = users.role_named(admins[0].account, ACCOUNT_ADMIN)
    User.objects.filter(pk__in=[user.pk for user in admins]).update(
        state=UserState.ACTIVE, account_role=role, deprovisioned_at=None, clean_up_due_since=None
    )


def left(account: Account) -> int:
    return User.objects.in_account(account).filter(account_role__name=ACCOUNT_ADMIN, state=UserState.ACTIVE).count()


def refused(act: Callable[[], object]) -> bool:
    try:
        act()
    except ActionRefused:
        return True
    return False


def demote(user_id: object) -> None:
    user = User.objects.select_related("account_role").get(pk=user_id)
    users.set_account_role(user, users.role_named(user.account, ACCOUNT_MEMBER), acting=OPERATOR)


def deprovision(user: User) -> None:
    end_access.deprovision(user.pk, user.account, acting=OPERATOR)


@pytest.mark.parametrize("way", ["demotion", "deprovisioning", "one of each"])
def test_of_two_admins_who_remove_each_other_one_stays(cast: Cast, admins: list[User], way: str) -> None:
    one, other = admins
    ways = {
        "demotion": (partial(demote, one.pk), partial(demote, other.pk)),
        "deprovisioning": (partial(deprovision, one), partial(deprovision, other)),
        "one of each": (partial(demote, one.pk), partial(deprovision, other)),
    }
    for _ in range(ROUNDS):
        done = at_once(*(partial(refused, act) for act in ways[way]))
        assert (sorted(done), left(cast.acme)) == ([False, True], 1)
        back_in(admins)


def test_of_two_admins_deprovision_by_provisioning_at_the_same_instant_one_stays(
    cast: Cast, admins: list[User], service_token: str
) -> None:
    def patch(user: User) -> int:
        headers = {"Authorization": f"Bearer {service_token}"}
        return (
            Client()
            .patch(f"/api/scim/Users/{user.pk}", replace(active=False), "application/json", headers=headers)
            .status_code
        )

    for _ in range(ROUNDS):
        done = at_once(*(partial(patch, user) for user in admins))
        assert (Counter(done), left(cast.acme)) == (Counter({200: 1, 403: 1}), 1)
        back_in(admins)

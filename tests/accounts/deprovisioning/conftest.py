"""Many users deprovisioned within an hour, for the tests of the guard and of what it holds."""

from collections.abc import Iterator
from typing import Any

import pytest

from accounts import alerts
from accounts.audit.audit import OPERATOR, Actor
from accounts.deprovisioning import end_access, guard, holds
from accounts.models import Account, User
from accounts.provisioning import provisioning
from accounts.provisioning.provisioning import UserRecord
from tests.support.cast import Cast

SCIM = Actor("provisioning (Okta)", automatic=True)


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three users may be deprovisioned within an hour."""
    monkeypatch.setattr(guard, "AT_LEAST", 3)


@pytest.fixture
def people(cast: Cast) -> Iterator[User]:
    def announced() -> Iterator[User]:
        for number in range(100):
            record = UserRecord(f"p{number}@acme.example", emails=(f"p{number}@acme.example",))
            yield provisioning.provision(cast.acme, record, acting=SCIM)

    return announced()


@pytest.fixture
def holding(cast: Cast) -> None:
    holds.set_hold(cast.acme, True, OPERATOR)


@pytest.fixture
def leave(cast: Cast, django_capture_on_commit_callbacks: Any) -> Any:
    """Provisioning deprovisions a user; gives their state."""

    def end(user: User, acting: Actor = SCIM, verb: Any = end_access.deprovision) -> str:
        account = Account.objects.get(pk=cast.acme.pk)  # as each request reads it
        with django_capture_on_commit_callbacks(execute=True):
            verb(user.pk, account, acting=acting)
        return User.objects.get(pk=user.pk).state

    return end


def open_ones(cast: Cast) -> int:
    return len(alerts.open_alerts(cast.acme))

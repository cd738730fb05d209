"""A real worker behind a real Redis does what a login left to do."""

import subprocess

import pytest

from accounts.audit.audit import OPERATOR
from accounts.models import ExternalIdentity, Group, GroupMembership, User
from accounts.models.identity import Connection
from accounts.models.user import AccountRole, UserOrigin
from spaces.tenancy import open_account
from tests.integration.redis_server import RedisServer
from tests.integration.sending import send
from tests.support.processes import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def identity(transactional_db: None) -> ExternalIdentity:
    """Alice's identity after a login that named the group `g-1`, not synced yet."""
    account, _ = open_account("acme", acting=OPERATOR)
    owner = {"account": account}
    role = AccountRole.objects.filter(**owner).earliest("name")
    alice = User.objects.create(**owner, email="alice@acme.example", account_role=role, origin=UserOrigin.SSO)
    okta = Connection.objects.create(**owner, name="Okta", vendor="okta", protocol="saml")
    Group.objects.create(**owner, name="Developers", idp_identifier="g-1")
    return ExternalIdentity.objects.create(
        **owner, connection=okta, user=alice, subject="alice", issuer="okta", group_ids=["g-1"], login_sequence=1
    )


def test_a_worker_syncs_the_groups_of_a_login(
    worker: subprocess.Popen[bytes], broker_url: str, identity: ExternalIdentity
) -> None:
    send("accounts.tasks.sync_groups_after_login", broker_url, str(identity.id))
    wait_until(GroupMembership.objects.filter(user=identity.user, group__name="Developers").exists, "the membership")


def test_a_sweep_finds_the_login_whose_message_was_lost(
    worker: subprocess.Popen[bytes], broker_url: str, identity: ExternalIdentity
) -> None:
    send("accounts.tasks.sweep", broker_url)
    wait_until(GroupMembership.objects.filter(user=identity.user).exists, "the membership")


def test_a_worker_goes_on_when_redis_was_away(
    redis: RedisServer, worker: subprocess.Popen[bytes], identity: ExternalIdentity
) -> None:
    redis.stop()
    redis.start()
    send("accounts.tasks.sweep", redis.url)
    wait_until(GroupMembership.objects.filter(user=identity.user).exists, "the membership")
    assert worker.poll() is None

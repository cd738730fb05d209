"""R13: whatever a login at Acme says, nobody and nothing of Globex is reached, and nothing raises."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.audit.audit import OPERATOR
from accounts.groups import sync as group_sync
from accounts.models import AccountOwned, Connection, ExternalIdentity, User
from accounts.sso.login.complete import complete_login
from accounts.sso.login.preview import claims_of
from accounts.sso.refusal import LoginRefused
from accounts.users import users
from spaces.spaces import create_space
from tests.support.cast import Cast
from tests.support.factories import TENANT, mapped_group, oidc_connection, saml_connection

pytestmark = pytest.mark.django_db
OWNED = [model for model in apps.get_models() if issubclass(model, AccountOwned)]
EMAILS = ["charlie@globex.example", "pending@globex.example", "bob@acme.example", "petra@acme.example", "d@x.example"]
SUBJECTS = ["charlie-subject", "00u1pending", "somebody", f"{TENANT}/charlie-subject"]
GROUPS = ["GlobexOps", "AcmeOps", "unknown"]

texts = st.text(max_size=12)
emails = st.sampled_from(EMAILS)
several = st.lists(st.sampled_from(["Trial", "GlobexOnly", "QA", "Space Admin", "Account Admin"]) | texts, max_size=3)
group_lists = st.none() | st.lists(st.sampled_from(GROUPS) | texts, max_size=4)
shared = {
    "space_name": several,
    "space_role": several,
    "timezone": texts,
    "account_role": st.sampled_from(["Account Admin", "Account Member"]),
    "groups": group_lists,
}
saml_attributes = st.fixed_dictionaries(
    {"email": emails, "NameID": st.sampled_from(SUBJECTS + EMAILS)}, optional={**shared, "firstName": texts}
)
oidc_claims = st.fixed_dictionaries(
    {"oid": st.sampled_from(SUBJECTS), "tid": st.just(TENANT)},
    optional={**shared, "email": emails, "preferred_username": emails, "upn": texts, "hasgroups": st.booleans()},
)


@pytest.fixture
def connections(cast: Cast) -> dict[str, Connection]:
    """One of each protocol for Acme; and Globex with people whom the same claims would name, at a like connection."""
    theirs = oidc_connection(cast.globex)
    ExternalIdentity.objects.create(
        account=cast.globex, connection=theirs, user=cast.charlie, subject=f"{TENANT}/charlie-subject", issuer="x"
    )
    users.provision_pending(cast.globex, "pending@globex.example", acting=OPERATOR, external_id="00u1pending")
    create_space(cast.globex, "GlobexOnly", acting=OPERATOR)
    mapped_group(cast.globex, "Theirs", "GlobexOps")
    mapped_group(cast.acme, "Ours", "AcmeOps")
    return {"saml": saml_connection(cast.acme), "oidc": oidc_connection(cast.acme)}


def everything_of(account_id: Any) -> dict[str, list[Any]]:
    return {m.__name__: list(m.objects.filter(account=account_id).order_by("pk").values()) for m in OWNED}


@contextmanager
def thrown_away() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def log_in_twice(connection: Connection, attributes: dict[str, Any]) -> User | None:
    """A first login and one more, with their group syncs; None when refused."""
    user = None
    for _ in range(2):
        try:
            done = complete_login(claims_of(connection, attributes), connection)
        except LoginRefused:
            return user
        user = done.user
        if done.record.identity and not done.record.identity.groups_overage:
            group_sync.sync_idp_groups(done.record.identity.pk)
    return user


@pytest.mark.parametrize(("protocol", "attributes"), [("saml", saml_attributes), ("oidc", oidc_claims)])
def test_a_login_never_reaches_another_account(
    cast: Cast, connections: dict[str, Connection], protocol: str, attributes: st.SearchStrategy[dict[str, Any]]
) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(attributes)
    def check(sent: dict[str, Any]) -> None:
        with thrown_away():
            before = everything_of(cast.globex.pk)
            user = log_in_twice(connections[protocol], sent)
            assert everything_of(cast.globex.pk) == before
            if user is not None:
                assert user.account_id == cast.acme.pk
                assert not user.group_memberships.exclude(group__account=cast.acme).exists()
                assert not user.space_memberships.exclude(space__account=cast.acme).exists()
                assert user.account_role.name == "Account Member"

    check()

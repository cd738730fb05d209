"""The fingerprint of what a login depends on."""

from typing import Any

import pytest

from accounts.connections.settings_digest import ADDED_LATER, NOT_OF_A_LOGIN, SETTINGS, digest, digest_of
from accounts.models import Connection, ConnectionDomain, EmailDomain, GrantableAccountRole
from tests.support.cast import Cast
from tests.support.factories import oidc_connection

pytestmark = pytest.mark.django_db


@pytest.fixture
def entra(cast: Cast) -> Connection:
    return oidc_connection(cast.acme, client_secret="one of many secrets")


def test_a_new_field_is_expressly_no_setting_or_one_that_was_added_later() -> None:
    """Else no remembered test would count any more."""
    assert {*SETTINGS} - ADDED_LATER == {
        *("vendor protocol just_in_time attribute_names update_policy remove_unmapped_spaces clock_skew".split()),
        *("keep_groups_when_missing idp_entity_id sso_url idp_certificates metadata_url allow_idp_initiated".split()),
        *("sign_requests allow_sha1 accept_response_signature_over_encryption sp_certificate".split()),
        *("issuer tenant_id client_id flow client_secret sp_private_key".split()),
    }
    assert {field.name for field in Connection._meta.concrete_fields} >= ADDED_LATER.union(NOT_OF_A_LOGIN)


@pytest.mark.parametrize("name", SETTINGS)
def test_each_setting_changes_it(entra: Connection, name: str) -> None:
    before, value = digest_of(entra), getattr(entra, name)
    changed: Any = not value if isinstance(value, bool) else value + 1 if isinstance(value, int) else "another"
    setattr(entra, name, changed)
    assert digest_of(entra) != before


def test_settings_that_are_newer_than_remembered_tests_count_once_they_are_used(entra: Connection) -> None:
    counted = {name: getattr(entra, name) for name in SETTINGS if name not in ADDED_LATER}
    assert digest_of(entra) == digest({**counted, "domains": ["acme.example"], "grantable_account_roles": []})


@pytest.mark.parametrize("name", ["name", "button_label", "discovery", "signing_keys", "metadata_problem", "state"])
def test_what_no_login_depends_on_does_not(entra: Connection, name: str) -> None:
    before = digest_of(entra)
    setattr(entra, name, "another")
    assert digest_of(entra) == before


def test_a_domain_changes_it_once_it_is_verified(cast: Cast, entra: Connection) -> None:
    before = digest_of(entra)
    domain = EmailDomain.objects.create(account=cast.acme, domain="acme.test")
    ConnectionDomain.objects.create(account=cast.acme, connection=entra, domain=domain)
    assert digest_of(entra) == before
    EmailDomain.objects.filter(pk=domain.pk).update(proved_at="2026-01-01T00:00:00Z")
    assert digest_of(entra) != before


def test_a_role_that_the_idp_may_grant_changes_it(cast: Cast, entra: Connection) -> None:
    before = digest_of(entra)
    role = cast.alice.account_role
    GrantableAccountRole.objects.create(account=cast.acme, connection=entra, account_role=role)
    assert digest_of(entra) != before


def test_it_is_the_same_for_the_same_values_in_any_order() -> None:
    assert digest({"a": 1, "client_secret": "s"}) == digest({"client_secret": "s", "a": 1})
    assert digest({"client_secret": "s"}) != digest({"client_secret": ""})

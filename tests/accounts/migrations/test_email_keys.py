"""Stored keys are brought to IDNA once; nobody is made one with somebody else by that."""

from importlib import import_module

import pytest
from django.apps import apps

from accounts.models import LoginRecord, User
from tests.support.cast import Cast

pytestmark = pytest.mark.django_db
migration = import_module("accounts.migrations.0034_oidc_of_every_provider")


def of_before(user: User, email: str, key: str) -> User:
    """As a release that folded letter case only has stored it."""
    User.objects.filter(pk=user.pk).update(
        email=email, email_key=key, user_name=email, user_name_key=key, work_email_key=key, other_email_keys=f" {key} "
    )
    return user


def keys(user: User) -> tuple[str, ...]:
    migration.keys_in_idna(apps, None)
    user.refresh_from_db()
    return user.email_key, user.user_name_key, user.work_email_key, user.other_email_keys.strip()


def test_keys_of_unicode_domains_become_punycode(cast: Cast) -> None:
    bob = of_before(cast.bob, "Bob@Bücher.example", "bob@bücher.example")
    assert set(keys(bob)) == {"bob@xn--bcher-kva.example"}
    assert bob.email == "Bob@Bücher.example"
    assert "bob@bücher.example bob@xn--bcher-kva.example" in bob.search_key


def test_a_key_that_somebody_else_has_stays(cast: Cast) -> None:
    of_before(cast.petra, "bob@xn--bcher-kva.example", "bob@xn--bcher-kva.example")
    bob = of_before(cast.bob, "bob@bücher.example", "bob@bücher.example")
    assert set(keys(bob)) == {"bob@bücher.example"}


def test_others_are_not_written(cast: Cast) -> None:
    before = cast.alice.version, cast.alice.modified_at
    keys(cast.alice)
    assert (cast.alice.version, cast.alice.modified_at) == before


def test_login_records_are_found_by_either_spelling(cast: Cast) -> None:
    LoginRecord.objects.create(account=cast.acme, reference="R1", outcome="refused", email="Dana@Bücher.example")
    LoginRecord.objects.update(email_key="dana@bücher.example")
    migration.keys_in_idna(apps, None)
    assert LoginRecord.objects.get().email_key == "dana@xn--bcher-kva.example"

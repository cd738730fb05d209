"""Draft and live: what serves goes on as it is until a draft takes its place."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.audit.audit import OPERATOR
from accounts.connections import connections, drafts, enforcement
from accounts.connections.drafts import with_draft
from accounts.connections.settings_digest import digest_of
from accounts.errors import ActionRefused
from accounts.models import AuditEntry, Connection, ConnectionDraft
from tests.support.cast import Cast
from tests.support.drafts import draft_of, publish
from tests.support.enforcing import passed_test
from tests.support.factories import oidc_connection
from tests.support.saml_keys import key_pair
from tests.support.secrets_in_logs import secret

pytestmark = pytest.mark.django_db
MOVED = "https://moved.example/sso"


@pytest.fixture
def azure(cast: Cast) -> Connection:
    return oidc_connection(cast.acme, name="Azure")


def change(connection: Connection, **changes: Any) -> bool:
    return drafts.change_settings(connection, changes, acting=OPERATOR)


def live(connection: Connection) -> Connection:
    return Connection.objects.get(pk=connection.pk)


def result(action: str) -> Any:
    return AuditEntry.objects.get(action=action).changes


def test_a_live_connection_stays_as_it_is_while_its_draft_is_changed(okta: Connection) -> None:
    assert change(okta, sso_url=MOVED)
    assert change(okta, attribute_names={"email": "mail"})
    seen = with_draft(okta)
    assert (seen.sso_url, seen.attribute_names) == (MOVED, {"email": "mail"})
    assert (live(okta).sso_url, live(okta).attribute_names) == (okta.sso_url, {})


def test_a_connection_that_was_never_enabled_is_changed_at_once(okta: Connection) -> None:
    Connection.objects.update(state="draft")
    change(okta, sso_url=MOVED)
    assert live(okta).sso_url == MOVED
    assert not ConnectionDraft.objects.exists()


def test_a_disabled_connection_keeps_what_it_was_enabled_with_until_a_draft_is_published(okta: Connection) -> None:
    connections.disable(okta, acting=OPERATOR)
    change(okta, sso_url=MOVED)
    connections.enable(okta, acting=OPERATOR)
    assert live(okta).sso_url == okta.sso_url
    publish(okta)
    assert live(okta).sso_url == MOVED


def test_a_draft_is_not_passed_by_when_its_connection_is_disabled(okta: Connection) -> None:
    change(okta, sso_url=MOVED)
    connections.disable(okta, acting=OPERATOR)
    change(okta, idp_entity_id="http://other")
    assert live(okta).idp_entity_id == okta.idp_entity_id
    assert draft_of(okta).changes == {"sso_url": MOVED, "idp_entity_id": "http://other"}


def test_publishing_swaps_in_one_audit_entry(okta: Connection) -> None:
    change(okta, sso_url=MOVED, idp_entity_id="http://other")
    publish(okta)
    assert (live(okta).sso_url, live(okta).idp_entity_id) == (MOVED, "http://other")
    assert not ConnectionDraft.objects.exists()
    assert result("connection.draft-published")["sso_url"] == [okta.sso_url, MOVED]
    assert not AuditEntry.objects.filter(action="connection.changed").exists()


def test_throwing_away_leaves_what_is_live(okta: Connection) -> None:
    change(okta, sso_url=MOVED)
    version = drafts.version_of(draft_of(okta))
    drafts.throw_away(okta, version, acting=OPERATOR)
    assert live(okta).sso_url == okta.sso_url
    assert with_draft(okta) is okta
    assert result("connection.draft-thrown-away") == {"sso_url": [MOVED, okta.sso_url]}


def test_a_draft_that_changes_nothing_is_none(okta: Connection) -> None:
    assert not change(okta, sso_url=okta.sso_url)
    change(okta, sso_url=MOVED)
    change(okta, sso_url=okta.sso_url)
    assert not ConnectionDraft.objects.exists()


def test_what_changes_live_meanwhile_holds_where_the_draft_is_silent(okta: Connection) -> None:
    change(okta, sso_url=MOVED)
    Connection.objects.update(idp_certificates=key_pair("next").certificate, sso_url="https://refreshed.example")
    assert with_draft(okta).idp_certificates == key_pair("next").certificate
    publish(okta)
    assert (live(okta).sso_url, live(okta).idp_certificates) == (MOVED, key_pair("next").certificate)


@pytest.mark.parametrize(
    ("changes", "match"),
    [
        ({"state": "disabled"}, "received state"),
        ({"client_secret": "x"}, "received client_secret"),
        ({"attribute_names": {"shoe_size": "x"}}, "received shoe_size"),
        ({"sso_url": "x" * 3000}, "Sso url"),
    ],
)
def test_what_no_draft_may_be_is_refused(okta: Connection, changes: dict[str, Any], match: str) -> None:
    with pytest.raises(ActionRefused, match=match):
        change(okta, **changes)
    assert not ConnectionDraft.objects.exists()


def test_what_would_be_incomplete_is_not_published(okta: Connection) -> None:
    change(okta, sso_url="")
    with pytest.raises(ActionRefused, match="not complete: expected the IdP single sign-on URL"):
        publish(okta)
    assert live(okta).sso_url == okta.sso_url


def test_only_the_draft_that_was_looked_at_is_published(okta: Connection) -> None:
    change(okta, sso_url=MOVED)
    version = drafts.version_of(draft_of(okta))
    change(okta, sso_url="https://evil.example/sso")
    with pytest.raises(ActionRefused, match="changed in the meantime"):
        drafts.publish(okta, version, acting=OPERATOR)
    publish(okta)
    with pytest.raises(ActionRefused, match="published or discarded"):
        drafts.publish(okta, version, acting=OPERATOR)


def test_a_client_secret_waits_encrypted_and_is_in_no_audit_entry(azure: Connection) -> None:
    value, ends = secret("hush-hush-draft-secret"), timezone.now() + timedelta(days=90)
    drafts.change_client_secret(azure, value, ends, acting=OPERATOR)
    assert (live(azure).client_secret, with_draft(azure).client_secret) == ("", value)
    publish(azure)
    row = live(azure)
    assert (row.client_secret, row.client_secret_expires_at) == (value, ends)
    assert row.client_secret_set_at
    assert result("connection.draft-published")["client_secret"] == [None, "set"]
    assert value not in str(list(AuditEntry.objects.values_list("changes", flat=True)))


def test_a_client_secret_is_removed_by_a_draft(azure: Connection) -> None:
    azure.client_secret = "s3cret"
    azure.save()
    drafts.change_client_secret(azure, "", None, acting=OPERATOR)
    assert with_draft(azure).client_secret == ""
    assert live(azure).client_secret == "s3cret"
    publish(azure)
    assert live(azure).client_secret == ""


def test_another_provider_makes_us_forget_what_the_first_published(azure: Connection) -> None:
    Connection.objects.update(discovery={"issuer": azure.issuer}, signing_keys={"keys": []})
    change(azure, issuer="https://other.example")
    assert with_draft(azure).discovery == {}
    assert live(azure).discovery == {"issuer": azure.issuer}
    publish(azure)
    assert live(azure).discovery == {}


def test_a_test_of_the_draft_says_nothing_of_what_is_live(cast: Cast, okta: Connection) -> None:
    change(okta, sso_url=MOVED)
    passed_test(okta, cast.alice, settings_digest=digest_of(with_draft(okta)))
    assert drafts.lacking_test(draft_of(okta)) == ""
    with pytest.raises(ActionRefused, match="exactly the live settings"):
        enforcement.enforce_sso(cast.acme, acting=OPERATOR)
    publish(okta)
    assert enforcement.enforce_sso(cast.acme, acting=OPERATOR)


def test_with_sso_enforced_only_a_tested_draft_is_published(cast: Cast, okta: Connection) -> None:
    passed_test(okta, cast.alice)
    enforcement.enforce_sso(cast.acme, acting=OPERATOR)
    change(okta, sso_url=MOVED)
    with pytest.raises(ActionRefused, match="because SSO is enforced"):
        publish(okta)
    passed_test(okta, cast.alice, settings_digest=digest_of(with_draft(okta)))
    change(okta, sso_url=f"{MOVED}/2")
    with pytest.raises(ActionRefused, match="because SSO is enforced"):
        publish(okta)
    change(okta, sso_url=MOVED)
    publish(okta)
    assert live(okta).sso_url == MOVED

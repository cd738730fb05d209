"""Metadata that is read again: what is taken, what is held, and what happens while a provider is away (R64)."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError
from django.utils import timezone

from accounts import tasks
from accounts.attempts import MOST_ATTEMPTS
from accounts.audit.audit import OPERATOR
from accounts.connections.certificates.certificates import fingerprint
from accounts.connections.provider import metadata
from accounts.errors import ActionRefused
from accounts.models import Alert, AuditEntry, Connection
from common.outbound.guarded_http import OutboundError
from tests.support.cast import Cast
from tests.support.commands import run
from tests.support.factories import saml_connection
from tests.support.idp_metadata import OKTA, published
from tests.support.oidc_messages import Provider, Web, jwk
from tests.support.saml_keys import key_pair

pytestmark = pytest.mark.django_db
URL = "https://acme.okta.example/metadata"
HERE = {"sso_url": "https://acme.okta.example/sso", "slo_url": "https://acme.okta.example/slo"}


@pytest.fixture
def okta(cast: Cast, web: Web) -> Connection:
    """A connection that is as its metadata says."""
    web.pages[URL] = published("idp")
    own = {"name": "Okta", "metadata_url": URL, "idp_certificates": key_pair("idp").certificate}
    return saml_connection(cast.acme, **{**own, **HERE})


def refreshed(okta: Connection, web: Web, page: Any) -> Connection:
    """The row after its provider published this."""
    web.pages[URL] = page
    metadata.refresh(Connection.objects.get(pk=okta.pk))
    return Connection.objects.get(pk=okta.pk)


def certificates(*owners: str) -> str:
    return "".join(key_pair(owner).certificate for owner in owners)


def open_alerts() -> list[tuple[str, str]]:
    return list(Alert.objects.filter(resolved_at=None).values_list("kind", "subject"))


def actions() -> list[str]:
    found = AuditEntry.objects.filter(action__startswith="connection.metadata").order_by("at")
    return list(found.values_list("action", flat=True))


def test_metadata_that_says_the_same_changes_nothing(okta: Connection, web: Web) -> None:
    after = refreshed(okta, web, published("idp"))
    assert after.metadata_read_at
    assert (after.idp_certificates, after.metadata_held, actions()) == (okta.idp_certificates, {}, [])


def test_a_rollover_that_adds_a_key_is_taken_and_audited_with_fingerprints(okta: Connection, web: Web) -> None:
    after = refreshed(okta, web, published("idp", "next"))
    assert after.idp_certificates == certificates("idp", "next")
    entry = AuditEntry.objects.get(action="connection.metadata-changed")
    old, new = (fingerprint(key_pair(owner).certificate) for owner in ("idp", "next"))
    assert entry.changes == {"idp_certificates": [[old], [old, new]]}
    assert entry.actor == "metadata refresh"


def test_a_rollover_that_keeps_one_key_and_moves_the_address_is_taken(okta: Connection, web: Web) -> None:
    refreshed(okta, web, published("idp", "next"))
    after = refreshed(okta, web, published("next", host="login.acme.example"))
    assert (after.idp_certificates, after.sso_url) == (certificates("next"), "https://login.acme.example/sso")
    assert after.slo_url == "https://login.acme.example/slo"


def test_another_binding_of_requests_is_taken(okta: Connection, web: Web) -> None:
    assert refreshed(okta, web, published("idp", binding="HTTP-POST")).sso_by_post
    assert not refreshed(okta, web, published("idp")).sso_by_post


def test_what_the_release_before_held_is_approved_without_a_binding(okta: Connection, web: Web) -> None:
    held = refreshed(okta, web, published("stranger")).metadata_held
    Connection.objects.update(metadata_held={name: held[name] for name in held if name != "sso_by_post"})
    metadata.approve_metadata(okta, acting=OPERATOR)
    assert Connection.objects.get().idp_certificates == certificates("stranger")


@pytest.mark.parametrize("page", [published("stranger"), published("idp", entity_id="https://evil.example")])
def test_other_keys_and_another_entity_id_are_held_and_shown(okta: Connection, web: Web, page: bytes) -> None:
    after = refreshed(okta, web, page)
    assert (after.idp_certificates, after.idp_entity_id) == (certificates("idp"), OKTA)
    assert metadata.is_held(after)
    assert open_alerts() == [("metadata-held", str(okta.pk))]
    refreshed(okta, web, page)
    assert actions() == ["connection.metadata-held"]


def test_held_metadata_is_taken_when_an_admin_approves(okta: Connection, web: Web) -> None:
    metadata.approve_metadata(refreshed(okta, web, published("stranger")), acting=OPERATOR)
    after = refreshed(okta, web, published("stranger"))
    assert (after.idp_certificates, after.metadata_held) == (certificates("stranger"), {})
    assert (open_alerts(), actions()) == ([], ["connection.metadata-held", "connection.metadata-approved"])


def test_dropped_metadata_is_not_asked_for_again_until_it_changes(okta: Connection, web: Web) -> None:
    metadata.drop_metadata(refreshed(okta, web, published("stranger")), acting=OPERATOR)
    assert not metadata.is_held(refreshed(okta, web, published("stranger")))
    assert open_alerts() == []
    assert metadata.is_held(refreshed(okta, web, published("other stranger")))


def test_held_metadata_is_forgotten_when_the_provider_goes_back(okta: Connection, web: Web) -> None:
    refreshed(okta, web, published("stranger"))
    assert refreshed(okta, web, published("idp")).metadata_held == {}
    assert open_alerts() == []


def test_nothing_can_be_approved_that_is_not_held(okta: Connection) -> None:
    with pytest.raises(ActionRefused, match="waits for a decision"):
        metadata.approve_metadata(okta, acting=OPERATOR)
    with pytest.raises(CommandError, match="waits for a decision"):
        run("decide_metadata", "Acme", "Okta", "--drop")


@pytest.mark.parametrize("page", [OutboundError("No connection."), b"<html>", b"<x/>", published()])
def test_the_last_good_copy_stays_while_the_provider_is_away_or_says_nonsense(
    okta: Connection, web: Web, page: Any
) -> None:
    after = refreshed(okta, web, page)
    assert (after.idp_certificates, bool(after.metadata_problem)) == (certificates("idp"), True)
    assert open_alerts() == []


def test_after_a_day_of_failing_an_alert_is_open_until_it_succeeds(okta: Connection, web: Web) -> None:
    Connection.objects.update(metadata_read_at=timezone.now() - timedelta(hours=25))
    refreshed(okta, web, OutboundError("No connection."))
    assert open_alerts() == [("metadata-problem", str(okta.pk))]
    assert "No connection." in Alert.objects.get().sentence
    assert refreshed(okta, web, published("idp")).metadata_problem == ""
    assert open_alerts() == []


def test_each_is_read_once_an_hour_and_all_when_an_operator_asks(okta: Connection, web: Web) -> None:
    assert tasks.refresh_metadata() == {"read": 1, "changed": 0, "held": 0, "failed": 0}
    assert tasks.refresh_metadata()["read"] == 0
    assert run("refresh_metadata")["read"] == 1
    assert run("refresh_metadata", "--due")["read"] == 0


@pytest.mark.parametrize("change", [{"state": "disabled"}, {"metadata_url": ""}])
def test_what_is_switched_off_or_entered_by_hand_is_not_read(okta: Connection, change: dict[str, str]) -> None:
    Connection.objects.update(**change)
    assert run("refresh_metadata")["read"] == 0


def test_one_that_breaks_the_reading_keeps_no_other_from_being_read_and_is_parked(
    okta: Connection, cast: Cast, web: Web, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = {"metadata_url": URL + "/globex", "idp_certificates": certificates("idp")}
    globex = saml_connection(cast.globex, **{**own, **HERE})
    web.pages[globex.metadata_url] = published("idp")
    web.pages[URL] = RuntimeError()
    for _ in range(MOST_ATTEMPTS):
        assert run("refresh_metadata") == {"read": 1, "changed": 0, "held": 0, "failed": 1}
    assert run("sweep")["parked"] == [f"refresh_metadata {okta.pk}: RuntimeError"]


def test_an_openid_provider_is_asked_for_document_and_keys_before_logins_are(entra: Provider) -> None:
    assert run("refresh_metadata")["read"] == 1
    entra.publish("keys", {"keys": [jwk("second")]})
    assert run("refresh_metadata")["read"] == 1
    row = Connection.objects.get(pk=entra.connection.pk)
    assert [key["kid"] for key in row.signing_keys["keys"]] == ["second"]


def test_an_openid_provider_that_is_away_keeps_its_last_good_keys(entra: Provider) -> None:
    run("refresh_metadata")
    entra.publish("keys", OutboundError("No connection."))
    assert run("refresh_metadata")["failed"] == 1
    row = Connection.objects.get(pk=entra.connection.pk)
    assert (row.signing_keys["keys"][0]["kid"], row.metadata_problem) == ("first", "No connection.")


def test_a_weak_key_of_before_is_known_as_the_present_one(okta: Connection, web: Web) -> None:
    """Else a stranger's key would be taken without anybody's yes."""
    Connection.objects.update(idp_certificates=certificates("weak-1024"))
    after = refreshed(okta, web, published("stranger"))
    assert (after.idp_certificates, actions()) == (certificates("weak-1024"), ["connection.metadata-held"])

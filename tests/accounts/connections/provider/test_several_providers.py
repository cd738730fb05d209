"""Metadata of several identity providers, and metadata that are valid no more."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError
from django.utils import timezone

from accounts.connections.provider import metadata
from accounts.connections.provider.saml_metadata import SeveralProviders, read_metadata
from accounts.models import Connection
from tests.accounts.connections.provider.test_saml_metadata import ACME, MD, SERVICE_PROVIDER, entity, key, several
from tests.support.cast import Cast
from tests.support.commands import run
from tests.support.factories import saml_connection
from tests.support.oidc_messages import Web

URL, TWO, PAST = "https://federation.example/metadata", "https://two.example", "2025-06-30T12:00:00Z"
BOTH = several(entity(), entity(key("second"), entity_id=TWO))
NESTED = (
    f"<EntitiesDescriptor {MD}>{several(SERVICE_PROVIDER, entity()).decode()}{several(entity(entity_id=TWO)).decode()}"
)
NESTED += "</EntitiesDescriptor>"


@pytest.mark.parametrize("document", [BOTH, NESTED.encode()])
def test_several_providers_are_offered_by_entity_id(document: bytes) -> None:
    with pytest.raises(SeveralProviders) as found:
        read_metadata(document)
    assert found.value.entity_ids == (ACME, TWO)
    assert read_metadata(document, TWO).entity_id == TWO


def test_a_service_provider_of_the_same_entity_id_is_no_choice() -> None:
    twice = SERVICE_PROVIDER.replace("https://sp.example", ACME)
    assert read_metadata(several(twice, entity()), ACME).entity_id == ACME


@pytest.mark.parametrize(
    ("document", "until"),
    [
        (entity().replace(" entityID", f' validUntil="{PAST}" entityID'), "2025-06-30 12:00 UTC"),
        (entity().replace("<IDPSSODescriptor", f'<IDPSSODescriptor validUntil="{PAST}"'), "2025-06-30 12:00 UTC"),
        (several(entity()).decode().replace("Descriptor ", f'Descriptor validUntil="{PAST}" ', 1), "2025-06-30 12:00"),
        (
            several(entity().replace(" entityID", ' validUntil="2999-01-01T00:00:00Z" entityID'))
            .decode()
            .replace("Descriptor ", ' Descriptor validUntil="2024-02-29T23:00:00-05:00" '.lstrip(), 1),
            "2024-03-01 04:00 UTC",
        ),
    ],
)
def test_metadata_that_are_valid_no_more_say_since_when(document: str, until: str) -> None:
    assert until in read_metadata(document.encode()).warnings[0]


@pytest.mark.parametrize(
    "attributes",
    ['validUntil="2999-01-01T00:00:00Z"', 'cacheDuration="PT1S"', 'validUntil="" cacheDuration="nonsense"'],
)
def test_metadata_that_are_valid_and_may_be_kept_for_a_second_say_nothing(attributes: str) -> None:
    assert read_metadata(entity().replace(" entityID", f" {attributes} entityID").encode()).warnings == ()


def test_a_valid_until_that_is_no_date_is_named() -> None:
    found = read_metadata(entity().replace(" entityID", ' validUntil="soon" entityID').encode())
    assert "validUntil “soon” is no date" in found.warnings[0]
    assert found.valid_until is None


@pytest.mark.django_db
def test_the_command_names_the_option(cast: Cast, tmp_path: Path) -> None:
    (tmp_path / "m.xml").write_bytes(BOTH)
    options = ("--vendor", "other", "--protocol", "saml", "--metadata", str(tmp_path / "m.xml"))
    with pytest.raises(CommandError, match=r"Run the command again with --issuer ENTITY-ID\."):
        run("create_connection", "Acme", "Federation", *options)
    run("create_connection", "Acme", "Federation", *options, "--issuer", TWO)
    assert Connection.objects.get().idp_entity_id == TWO


@pytest.mark.django_db
def test_expired_metadata_of_an_address_replace_nothing_and_the_problem_is_shown(cast: Cast, web: Web) -> None:
    live = saml_connection(cast.acme, idp_entity_id=ACME, metadata_url=URL)
    web.pages[URL] = entity(key("second")).replace(" entityID", f' validUntil="{PAST}" entityID').encode()
    assert metadata.refresh(live, datetime.now(UTC)) == ["failed"]
    row = Connection.objects.get(pk=live.pk)
    assert row.idp_certificates == live.idp_certificates
    assert "validUntil was 2025-06-30" in row.metadata_problem
    assert row.metadata_read_at is None or row.metadata_read_at < timezone.now()

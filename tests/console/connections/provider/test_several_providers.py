"""A provider is chosen among several of a metadata document, and expired metadata are said on the page."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pytest_django.asserts import assertContains, assertRedirects

from accounts.connections.provider import metadata
from accounts.models import Connection
from tests.accounts.connections.provider.test_saml_metadata import ACME, entity, key, several
from tests.accounts.connections.provider.test_several_providers import BOTH, PAST, TWO, URL
from tests.console.connections.provider.test_provider import send
from tests.support.cast import Cast
from tests.support.factories import saml_connection
from tests.support.oidc_messages import Web
from tests.support.saml_keys import key_pair

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(as_alice: Client, web: Web) -> Connection:
    web.pages[URL] = BOTH
    as_alice.post("/sso/new", {"name": "New", "kind": "okta-saml"})
    return Connection.objects.get(name="New")


def test_the_page_offers_the_providers_of_an_address_and_keeps_to_the_chosen_one(
    as_alice: Client, draft: Connection, web: Web
) -> None:
    page = send(as_alice, draft, "address", metadata_url=URL)
    assertContains(page, f'<option value="{TWO}">')
    assertContains(page, f'value="{URL}"')
    assertRedirects(send(as_alice, draft, "address", metadata_url=URL, entity_id=TWO), f"/sso/{draft.pk}/set-up")
    web.pages[URL] = several(entity(), entity(key("second") + key("third"), entity_id=TWO))
    assert "changed" in metadata.refresh(Connection.objects.get(pk=draft.pk))
    row = Connection.objects.get(pk=draft.pk)
    assert (row.idp_entity_id, row.metadata_url) == (TWO, URL)
    assert key_pair("third").certificate in row.idp_certificates


def test_the_page_offers_the_providers_of_a_file_and_keeps_its_text(as_alice: Client, draft: Connection) -> None:
    page = send(as_alice, draft, "file", file=SimpleUploadedFile("m.xml", b"\xef\xbb\xbf" + BOTH))
    assertContains(page, f'<option value="{TWO}">')
    assertContains(page, "EntitiesDescriptor")
    send(as_alice, draft, "file", text=BOTH.decode(), entity_id=TWO)
    assert Connection.objects.get(pk=draft.pk).idp_entity_id == TWO


def test_a_choice_that_is_not_there_is_refused(as_alice: Client, draft: Connection) -> None:
    page = send(as_alice, draft, "address", metadata_url=URL, entity_id="https://three.example")
    assertContains(page, "Expected metadata of “https://three.example”")
    assert Connection.objects.get(pk=draft.pk).idp_entity_id == ""


def test_the_present_provider_is_the_first_choice(as_alice: Client, cast: Cast, web: Web) -> None:
    web.pages[URL] = BOTH
    live = saml_connection(cast.acme, idp_entity_id=TWO)
    page = send(as_alice, live, "address", metadata_url=URL).content.decode()
    assert page.index(f'<option value="{TWO}"') < page.index(f'<option value="{ACME}"')


def test_expired_metadata_are_saved_with_a_warning(as_alice: Client, draft: Connection) -> None:
    text = entity().replace(" entityID", f' validUntil="{PAST}" entityID')
    assertContains(send(as_alice, draft, "file", text=text), "their validUntil was 2025-06-30 12:00 UTC")
    assert Connection.objects.get(pk=draft.pk).idp_entity_id == ACME

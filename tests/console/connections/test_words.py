"""What a draft changes, in words on the pages of its connection."""

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertNotContains

from accounts.audit.audit import OPERATOR
from accounts.connections import drafts
from accounts.connections.certificates.certificates import fingerprint
from accounts.connections.certificates.changes import add_certificates
from accounts.models import Connection
from tests.support.saml_keys import key_pair

pytestmark = pytest.mark.django_db


def test_certificates_and_attribute_names_differ_in_words(as_alice: Client, okta: Connection) -> None:
    add_certificates(okta, key_pair("next").certificate, acting=OPERATOR)
    drafts.change_settings(okta, {"attribute_names": {"email": "mail"}}, acting=OPERATOR)
    page = as_alice.get(f"/sso/{okta.pk}")
    assertContains(page, f"({fingerprint(key_pair('next').certificate)})")
    assertContains(page, "Attribute name of “Email”")
    assertContains(page, "the default names")
    assertNotContains(page, "BEGIN CERTIFICATE")


def test_a_secret_is_never_on_a_page(as_alice: Client, azure: Connection) -> None:
    drafts.change_client_secret(azure, "hush-hush", None, acting=OPERATOR)
    for path in ("", "/provider", "/general"):
        assertContains(as_alice.get(f"/sso/{azure.pk}{path}"), "a new secret")
        assertNotContains(as_alice.get(f"/sso/{azure.pk}{path}"), "hush-hush")
    assertNotContains(as_alice.post(f"/sso/{azure.pk}/draft/publish"), "hush-hush")

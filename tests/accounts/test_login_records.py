"""References that people read out, and messages that are used once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.login_records import as_reference, digest, new_reference, record_refusal, use_once
from accounts.models import LoginRecord
from tests.support.cast import Cast
from tests.support.factories import saml_connection


def test_a_reference_is_read_as_it_is_typed() -> None:
    reference = new_reference()
    assert as_reference(f" {reference[:5].lower()}-{reference[5:]} ") == reference


@pytest.mark.parametrize("text", ["", "ABC", "0" * 10, "I" * 10])
def test_what_cannot_be_a_reference_is_none(text: str) -> None:
    assert as_reference(text) == ""


@pytest.mark.django_db
def test_a_message_is_used_once_per_connection(cast: Cast) -> None:
    okta, other, later = saml_connection(cast.acme), saml_connection(cast.acme), timezone.now() + timedelta(hours=1)
    assert [use_once(one, "_a", later) for one in (okta, okta, other)] == [True, False, True]
    assert len(digest("_a")) == 64


@pytest.mark.django_db
def test_a_refusal_is_recorded_with_its_reason(cast: Cast) -> None:
    record = record_refusal(saml_connection(cast.acme), "saml-expired", "It expired.", email="x@acme.example")
    assert (record.outcome, record.reason) == ("refused", "saml-expired")
    assert LoginRecord.objects.get(reference=record.reference).email == "x@acme.example"

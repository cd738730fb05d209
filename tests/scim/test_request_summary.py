"""Sentences of the request log."""

import pytest

from scim import request_summary
from scim.request_summary import RequestSummary


@pytest.mark.parametrize(
    ("was", "now", "verb"),
    [(True, False, "deactivated"), (False, True, "reactivated"), (True, True, "updated"), (False, False, "updated")],
)
def test_a_change_is_called_by_what_it_did_to_access(was: bool, now: bool, verb: str) -> None:
    summary = request_summary.updated("bo@acme.example", was, now)
    assert summary.sentence("Okta", "") == f"Okta {verb} bo@acme.example"


def test_what_failed_is_shown_with_the_reason() -> None:
    summary = request_summary.updated("bo@acme.example", had_access=True, active=False)
    assert (
        summary.sentence("Entra", "They are the last.")
        == "Entra could not deactivate bo@acme.example: They are the last."
    )


def test_a_long_subject_is_cut() -> None:
    assert len(request_summary.searched("x" * 5_000, 1).sentence("Okta", "")) < 200


def test_an_address_that_does_not_exist() -> None:
    assert (
        RequestSummary().sentence("Okta", "Nothing.")
        == "Okta could not ask for an address that does not exist: Nothing."
    )

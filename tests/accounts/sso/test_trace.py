"""The steps of an attempt, as the login record keeps them."""

from datetime import timedelta

import pytest

from accounts.sso.refusal import LoginRefused
from accounts.sso.refusals.row import Part
from accounts.sso.saml.checks import read_response
from accounts.sso.trace import Trace
from tests.support.saml_messages import (
    NOW,
    response,
    setting,
)
from tests.support.saml_reading import expectations


def test_how_far_the_clocks_are_apart_is_noted() -> None:
    trace = Trace()
    message = response(edit=setting("//a:Assertion", "IssueInstant", NOW + timedelta(seconds=7)))
    read_response(message, expectations(), NOW, trace)
    assert trace.clock_difference == 7


def _failed_after(last: Part) -> Part:
    trace = Trace()
    trace.passed(last, "A check")
    trace.failed(LoginRefused("saml-audience", "ours", "theirs"))
    return trace.steps[-1].part


def test_a_refusal_is_the_last_step_in_its_part() -> None:
    assert _failed_after(Part.ANSWER) == Part.CONDITIONS


def test_a_refusal_never_stands_before_a_part_that_was_reached() -> None:
    assert _failed_after(Part.PERSON) == Part.PERSON


def test_a_clock_that_is_far_out_fits_its_column() -> None:
    trace = Trace()
    trace.clocks(NOW + timedelta(days=9), NOW)
    assert trace.clock_difference == 32_767


def test_a_step_keeps_only_what_it_has() -> None:
    trace = Trace()
    trace.passed(Part.CONDITIONS, "Audience", "ours", "ours")
    assert trace.for_record()["steps"] == [
        {"part": "Conditions", "mark": "passed", "sentence": "Audience", "expected": "ours", "received": "ours"}
    ]


def test_steps_that_were_passed_before_a_refusal_stay() -> None:
    trace = Trace()
    with pytest.raises(LoginRefused):
        read_response(response(sp_entity_id="https://other.example"), expectations(), NOW, trace)
    assert [step.part for step in trace.steps][:2] == [Part.ANSWER, Part.SIGNATURE]
    assert trace.message

"""TXT records: read whole, within bounds, and a sentence when DNS is silent."""

from types import SimpleNamespace
from typing import Any

import pytest
from dns import exception, resolver

from common.outbound import dns_records, slots
from tests.common.outbound.conftest import ACCOUNT


def answering(monkeypatch: pytest.MonkeyPatch, answer: Any) -> list[tuple[Any, ...]]:
    """Replaces the question to the machine's resolvers; gives what is asked."""
    asked = []

    def resolve(*question: Any, **_options: Any) -> Any:
        asked.append(question)
        if isinstance(answer, Exception):
            raise answer
        return SimpleNamespace(rrset=answer)

    monkeypatch.setattr(dns_records, "_resolver", lambda: SimpleNamespace(resolve=resolve))
    return asked


def test_the_parts_of_a_record_are_one_text(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answering(monkeypatch, [SimpleNamespace(strings=(b"torque-", b"x=\xff")), SimpleNamespace(strings=(b"b",))])
    assert dns_records.txt_records("acme.example", ACCOUNT) == ["torque-x=\ufffd", "b"]
    assert asked == [("acme.example.", "TXT")]


@pytest.mark.parametrize("answer", [None, resolver.NXDOMAIN()])
def test_no_record_and_no_such_domain_are_nothing(monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    answering(monkeypatch, answer)
    assert dns_records.txt_records("acme.example", ACCOUNT) == []


@pytest.mark.parametrize("answer", [exception.Timeout(), resolver.NoNameservers(), OSError("x")])
def test_silence_becomes_a_sentence(monkeypatch: pytest.MonkeyPatch, answer: Any) -> None:
    answering(monkeypatch, answer)
    with pytest.raises(dns_records.LookUpFailed, match="within 5 seconds"):
        dns_records.txt_records("acme.example", ACCOUNT)


def test_very_many_and_very_long_records_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, [SimpleNamespace(strings=(b"x" * 9000,))] * 900)
    found = dns_records.txt_records("acme.example", ACCOUNT)
    assert (len(found), {len(text) for text in found}) == (200, {4096})


def test_a_question_counts_as_a_request_of_its_account(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = answering(monkeypatch, None)
    with (
        slots.slot(ACCOUNT, "idp.example"),
        slots.slot(ACCOUNT, "other.example"),
        pytest.raises(dns_records.LookUpFailed, match=r"not asked for 'acme.example'.*Try again in a few seconds"),
    ):
        dns_records.txt_records("acme.example", ACCOUNT)
    assert asked == []


def test_the_resolvers_of_the_machine_are_asked_for_5_seconds_at_most() -> None:
    assert dns_records._resolver().lifetime == 5.0

"""TLS of outgoing requests: the certificate is for the name, although the connection goes to the checked address."""

import ssl
from pathlib import Path
from typing import Any

import pytest

from common.outbound import guarded_http
from common.outbound.guarded_http import OutboundError
from tests.common.outbound.conftest import Resolver, Server, fetch


@pytest.fixture
def trusted(authority: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    context = ssl.create_default_context(cafile=str(authority))
    monkeypatch.setattr(guarded_http, "tls_context", lambda: context)


@pytest.mark.usefixtures("trusted")
def test_tls_is_checked_for_the_name_although_the_connection_goes_to_the_address(
    settings: Any, tls_server: Server, resolver: Resolver
) -> None:
    settings.OUTBOUND_ALLOWLIST = ["127.0.0.0/8"]
    resolver.answers = [["127.0.0.1"]]
    assert fetch(f"https://idp.example:{tls_server.port}/") == b"{}"
    assert tls_server.requests[0][2]["Host"] == f"idp.example:{tls_server.port}"


@pytest.mark.usefixtures("trusted")
def test_a_certificate_for_another_name_is_refused(settings: Any, tls_server: Server, resolver: Resolver) -> None:
    settings.OUTBOUND_ALLOWLIST = ["127.0.0.0/8"]
    resolver.answers = [["127.0.0.1"]]
    with pytest.raises(OutboundError, match="certificate"):
        fetch(f"https://other.example:{tls_server.port}/")
    assert tls_server.requests == []


def test_a_certificate_of_an_unknown_authority_is_refused_also_for_a_listed_host(
    settings: Any, tls_server: Server
) -> None:
    settings.OUTBOUND_ALLOWLIST = ["127.0.0.1"]
    with pytest.raises(OutboundError, match="certificate"):
        fetch(f"https://127.0.0.1:{tls_server.port}/")
    assert tls_server.requests == []

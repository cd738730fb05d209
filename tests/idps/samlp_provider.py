"""npm's `samlp` as a SAML identity provider that takes requests by POST only; whom it trusts is changed as it runs."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.idps.simplesamlphp import write_key_pair
from tests.support import processes
from tools import servers
from tools.setup import ROOT
from tools.test_idps import CACHE

SCRIPT = ROOT / "tests" / "idps" / "samlp" / "provider.mjs"


class Samlp:
    """`url`: where it is."""

    def __init__(self, folder: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.metadata_url, self.sso_url = f"{self.url}/metadata", f"{self.url}/sso"
        self.settings = folder / "settings.json"
        self._people, self._trust = folder / "people.json", folder / "trust.json"
        write_key_pair(folder)
        paths = {"key": folder / "idp.key", "certificate": folder / "idp.crt"}
        paths |= {"people": self._people, "trust": self._trust}
        self.settings.write_text(json.dumps({"port": port} | {name: str(path) for name, path in paths.items()}))

    def people(self, people: Mapping[str, Mapping[str, list[str]]]) -> None:
        """Login -> attributes."""
        self._people.write_text(json.dumps(people))

    def trust(self, service_providers: Mapping[str, Mapping[str, Any]]) -> None:
        """Entity ID -> options, as `samlp/provider.mjs` has them."""
        self._trust.write_text(json.dumps(service_providers))


@contextmanager
def running_samlp(folder: Path) -> Iterator[Samlp]:
    """The identity provider, answering."""
    port = servers.free_port()
    provider = Samlp(folder, port)
    with processes.started(
        ["node", "--no-deprecation", str(SCRIPT), str(provider.settings)],
        folder / "node.log",
        processes.outside(),
        lambda: servers.answers(port),
        CACHE / "samlp",
    ):
        yield provider

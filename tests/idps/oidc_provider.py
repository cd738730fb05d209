"""npm's certified `oidc-provider` as an identity provider; what it says of people is changed while it runs."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from tests.support import processes
from tools import servers
from tools.setup import ROOT
from tools.test_idps import CACHE

SCRIPT = ROOT / "tests" / "idps" / "oidc-provider" / "provider.mjs"
SECRET = "a-secret-of-this-run-only-0123456789"


class OidcProvider:
    """`issuer`: where it is. Has a client for each flow, named like it."""

    def __init__(
        self, folder: Path, port: int, redirect_uri: str, claims_in_id_token: bool, logout: Mapping[str, Any]
    ) -> None:
        self.issuer = f"http://127.0.0.1:{port}"
        self.settings = folder / "settings.json"
        self._people, self._graph = folder / "people.json", folder / "graph.json"
        self._said: dict[str, Mapping[str, Any]] = {}
        self.know_groups({})
        settings = {
            "port": port,
            "clients": [{**client, **logout.get(client["client_id"], {})} for client in clients(redirect_uri)],
            "people": str(self._people),
            "graph": str(self._graph),
            "claimsInIdToken": claims_in_id_token,
        }
        self.settings.write_text(json.dumps(settings))

    def say(self, login: str, **claims: object) -> None:
        """From now on it says this of a person."""
        self._said[login] = claims
        self._people.write_text(json.dumps(self._said))

    def know_groups(self, groups: Mapping[str, list[str]]) -> None:
        """What its Graph answers: object ID -> group IDs."""
        self._graph.write_text(json.dumps(groups))


def clients(redirect_uri: str) -> list[dict[str, Any]]:
    """One for each flow. Native, because no other kind of client may have an address on plain http."""
    common = {"application_type": "native", "redirect_uris": [redirect_uri]}
    public = {"token_endpoint_auth_method": "none", "response_types": ["id_token"], "grant_types": ["implicit"]}
    grants = ["authorization_code", "client_credentials"]
    confidential = {"client_secret": SECRET, "response_types": ["code"], "grant_types": grants}
    return [{"client_id": "id_token", **common, **public}, {"client_id": "code", **common, **confidential}]


@contextmanager
def running_oidc_provider(
    folder: Path,
    port: int,
    redirect_uri: str,
    *,
    claims_in_id_token: bool,
    logout: Mapping[str, Any] = MappingProxyType({}),
) -> Iterator[OidcProvider]:
    """The identity provider, answering. `logout`: client -> what that client registers about logging out."""
    provider = OidcProvider(folder, port, redirect_uri, claims_in_id_token, logout)
    command = ["node", str(SCRIPT), str(provider.settings)]
    folder_with_modules = CACHE / "oidc-provider"
    with processes.started(
        command, folder / "node.log", processes.outside(), lambda: servers.answers(port), folder_with_modules
    ):
        yield provider

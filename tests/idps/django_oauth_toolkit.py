"""django-oauth-toolkit as an OpenID provider; what it says of people is changed while it runs."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.idps.simplesamlphp import write_key_pair
from tests.support import processes
from tools import servers
from tools.setup import ROOT
from tools.test_idps import DJANGO_OAUTH_TOOLKIT

SCRIPT = ROOT / "tests" / "idps" / "django-oauth-toolkit" / "serve.py"
SECRET = "a-secret-of-this-run-only-9876543210"


class DjangoOAuthToolkit:
    """`issuer`: where it is. Its clients are named after their kind: `confidential`, `public`."""

    def __init__(self, folder: Path, port: int, redirect_uri: str) -> None:
        self.issuer = f"http://127.0.0.1:{port}/o"
        self.settings = folder / "settings.json"
        self._people = folder / "people.json"
        self._said: dict[str, dict[str, object]] = {}
        write_key_pair(folder)
        settings = {"port": port, "folder": str(folder), "key": str(folder / "idp.key"), "people": str(self._people)}
        self.settings.write_text(json.dumps(settings | {"redirect_uri": redirect_uri, "secret": SECRET}))

    def say(self, login: str, **claims: object) -> None:
        """From now on it says this of a person."""
        self._said[login] = claims
        self._people.write_text(json.dumps(self._said))


@contextmanager
def running_django_oauth_toolkit(folder: Path, redirect_uri: str) -> Iterator[DjangoOAuthToolkit]:
    """The identity provider, answering."""
    port = servers.free_port()
    provider = DjangoOAuthToolkit(folder, port, redirect_uri)
    command = [str(DJANGO_OAUTH_TOOLKIT / "bin" / "python"), str(SCRIPT)]
    environment = {**processes.outside(), "PROVIDER_SETTINGS": str(provider.settings)}
    with processes.started(command, folder / "provider.log", environment, lambda: servers.answers(port)):
        yield provider

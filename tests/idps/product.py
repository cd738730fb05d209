"""The product as an operator runs it: a real web server, and its commands, on a database of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support import processes
from tools import servers
from tools.setup import ROOT


class Product:
    """`origin`: where it is. Without DATABASE_URL and REDIS_URL: SQLite, and tasks run at once."""

    def __init__(self, folder: Path, port: int, **settings: str) -> None:
        self.origin = f"http://localhost:{port}"
        own = {"STATE_DIR": str(folder), "BASE_URL": self.origin, "OUTBOUND_ALLOWLIST": "127.0.0.1"}
        self.environment = {**processes.outside(), **own, **settings}

    @property
    def redirect_uri(self) -> str:
        return f"{self.origin}/api/accounts/idp-callback"

    def command(self, *arguments: str, **secrets: str) -> dict[str, Any]:
        """The JSON answer of `manage.py ARGUMENTS --json`; `secrets` go into its environment."""
        command = [sys.executable, "manage.py", *arguments, "--json"]
        environment = {**self.environment, **secrets}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, f"{' '.join(arguments)}: {done.stderr}"
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def last_login(self) -> dict[str, Any]:
        login: dict[str, Any] = self.command("list_logins", "acme", "--last", "1")["logins"][0]
        return login


@contextmanager
def running_product(folder: Path, **settings: str) -> Iterator[Product]:
    """A product with the account acme, the space Mars and groups that the cast's identity providers speak of."""
    port = servers.free_port()
    product = Product(folder, port, **settings)
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=product.environment, check=True)
    product.command("create_account", "acme", "--admin-email", "alice@acme.example")
    product.command("create_space", "acme", "Mars")
    with processes.web_server(folder, product.environment, port):
        yield product

"""The product on a database of its own, with Acme in it. `python -m tests.faults.company` fills it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "torque_sso.settings")
    django.setup()

from accounts.audit.audit import OPERATOR
from accounts.models import Account, Connection
from accounts.tokens import tokens
from tests.support import processes
from tests.support.cast import make_cast
from tests.support.journeys import signed_connection
from tests.support.saml_keys import key_pair
from tests.support.secrets_in_logs import secret
from tools import servers
from tools.setup import ROOT


@dataclass(frozen=True)
class Company:
    """`connection` is no row of this process's database: it names the one in the other."""

    environment: dict[str, str] = field(repr=False)
    connection: Connection
    token: str = field(repr=False)

    @contextmanager
    def web(self, folder: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
        """A web server: its origin, and gunicorn's first process."""
        port = servers.free_port()
        environment = {**self.environment, "BASE_URL": f"http://localhost:{port}"}
        with processes.web_process(folder, environment, port, "--preload") as process:
            yield f"http://localhost:{port}", process

    def manage(self, *arguments: str) -> str:
        """Runs a command of the product; gives what it prints."""
        return _run(self.environment, "manage.py", *arguments)


def found(folder: Path, **environment: str) -> Company:
    """Makes the schema and the company in the database that `environment` names (SQLite in `folder` without)."""
    product = processes.product_environment(STATE_DIR=str(folder), **environment)
    _run(product, "manage.py", "migrate", "-v0")
    made = json.loads(_run(product, "-m", __name__, key_pair("idp").certificate))
    account = Account(id=UUID(made["account"]), slug=made["slug"])
    return Company(product, Connection(id=UUID(made["connection"]), account=account), secret(made["token"]))


def _run(environment: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    return done.stdout


def fill(certificate: str) -> dict[str, str]:
    acme = make_cast().acme
    connection = signed_connection(acme)
    Connection.objects.update(idp_certificates=certificate)
    text = tokens.issue_service_token(acme, "Okta", ["Manage Users"], acting=OPERATOR)[1]
    return {"account": str(acme.pk), "slug": acme.slug, "connection": str(connection.pk), "token": text}


if __name__ == "__main__":
    print(json.dumps(fill(sys.argv[1])))

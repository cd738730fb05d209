"""An installation behind TLS: nginx as `deploy/nginx` configures it, gunicorn as `make serve` starts it, SQLite."""

import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from demo.__main__ import Plan, idp_command
from tests.browser.acme import Acme
from tests.support import processes
from tools import serve, servers
from tools.setup import ROOT

DEPLOY = ROOT / "deploy" / "nginx"
HOST = "sso.localhost"  # Chromium knows that such names are this machine
PROXY = "127.0.0.9"  # where nginx comes from; other clients have other addresses of this machine
HTTP = """daemon off; worker_processes 1; pid {folder}/pid; error_log stderr; {user}
events {{}}
http {{
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    proxy_bind {proxy};
    include {folder}/torque-sso.conf;
}}
"""
PREPARE = """import sys; from pathlib import Path; from demo.preparation import prepare; from demo.safe import Safe
print(prepare(sys.argv[1], Safe(Path(sys.argv[2]))))"""


@dataclass(frozen=True)
class Installation:
    """`acme`: the demo's company in it. Ports: of nginx, and of gunicorn, which only nginx should ask."""

    acme: Acme
    folder: Path
    https: int
    http: int
    web: int

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text()

    def asked(self, statement: str, *values: str) -> set[Any]:
        """The first column of what the database answers."""
        with closing(sqlite3.connect(self.acme.database)) as database:
            return {row[0] for row in database.execute(statement, values)}

    def client(self, address: str, **headers: str) -> requests.Session:
        """A program at another address of this machine."""
        session = requests.Session()
        session.mount("https://", _From(address))
        session.headers.update({"Host": f"{HOST}:{self.https}", "Origin": self.acme.product, **headers})
        session.trust_env = session.verify = False  # the certificate has another name than the address
        return session

    def log_in(self, client: requests.Session, password: str) -> int:
        address = f"https://127.0.0.1:{self.https}/login"
        client.get(address, timeout=20)
        form = {"email": "alice@acme.example", "password": password}
        form["csrfmiddlewaretoken"] = client.cookies["__Host-csrf"]
        return client.post(address, form, timeout=20, allow_redirects=False).status_code


class _From(HTTPAdapter):
    def __init__(self, address: str) -> None:
        self.address = address
        super().__init__()

    def init_poolmanager(self, *arguments: Any, **options: Any) -> None:
        super().init_poolmanager(*arguments, source_address=(self.address, 0), **options)


@contextmanager
def installed(folder: Path) -> Iterator[Installation]:
    """All of it running. Raises NoServerError without nginx."""
    nginx = servers.find_nginx()
    https, http, web, idp = (servers.free_port() for _ in range(4))
    plan = Plan(web, idp, folder)
    product = f"https://{HOST}:{https}"
    environment = _environment(plan, product)
    prepared = subprocess.run(
        [sys.executable, "-c", PREPARE, plan.idp, str(plan.safe.directory)],
        **{"cwd": ROOT, "env": environment, "capture_output": True, "text": True},
    )
    assert prepared.returncode == 0, prepared.stderr
    acme = Acme(product, plan.idp, environment, prepared.stdout.split()[-1])
    installation = Installation(acme, folder, https, http, web)
    idp_of = [*idp_command(plan), "--product", product]
    with (
        processes.started(idp_of, folder / "idp.log", environment, lambda: servers.answers(idp)),
        processes.started(
            serve.commands(str(web))["web"], folder / "web.log", environment, lambda: servers.answers(web)
        ),
        processes.started(
            _nginx(nginx, installation), folder / "nginx.log", environment, lambda: servers.answers(https)
        ),
    ):
        yield installation


def _environment(plan: Plan, product: str) -> dict[str, str]:
    return {
        **processes.outside(),
        "STATE_DIR": str(plan.state),
        "BASE_URL": product,
        "TRUSTED_PROXIES": PROXY,
        "OUTBOUND_ALLOWLIST": f"127.0.0.1:{plan.idp_port}",
        "GRAPH_URL": plan.idp,
        "LOG_FORMAT": "json",
        "DJANGO_SETTINGS_MODULE": "torque_sso.settings",
    }


def _nginx(program: Path, installation: Installation) -> list[str]:
    """The command; its configuration and certificate are made as the image's start makes them."""
    folder = installation.folder / "nginx"
    folder.mkdir()
    values = {
        "BASE_URL": installation.acme.product,
        "UPSTREAM": f"127.0.0.1:{installation.web}",
        "LISTEN_HTTPS": f"127.0.0.1:{installation.https}",
        "LISTEN_HTTP": f"127.0.0.1:{installation.http}",
        "CERTIFICATES": str(folder),
    }
    subprocess.run([str(DEPLOY / "certificate.sh")], env={**os.environ, **values}, check=True, capture_output=True)
    template = (DEPLOY / "torque-sso.conf.template").read_text()
    (folder / "torque-sso.conf").write_text(re.sub(r"\$\{(\w+)\}", lambda name: values[name[1]], template))
    user = "user root;" if os.geteuid() == 0 else ""  # else its workers could not reach a folder of root's
    (folder / "nginx.conf").write_text(HTTP.format(folder=folder, user=user, proxy=PROXY))
    return [str(program), "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf")]

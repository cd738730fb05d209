"""An installation of a release: its code in a folder, its database, commands and a web server of its own."""

import json
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from tests.support import processes
from tools import servers
from tools.setup import ROOT


@dataclass(frozen=True)
class Installation:
    """`code`: the folder with manage.py; `environment`: what its processes get."""

    code: Path
    environment: dict[str, str]

    def manage(self, *command: str, **more: str) -> str:
        """Standard output of a command that ends with 0."""
        arguments = [sys.executable, "manage.py", *command]
        environment = {**self.environment, **more}
        ended = subprocess.run(arguments, cwd=self.code, env=environment, capture_output=True, text=True)
        assert ended.returncode == 0, f"{command}: {ended.stdout}{ended.stderr}"
        return ended.stdout

    def json(self, *command: str, **more: str) -> dict[str, Any]:
        printed: dict[str, Any] = json.loads(self.manage(*command, "--json", **more))
        return printed

    @contextmanager
    def web(self, log: Path) -> Iterator[str]:
        """The origin of its web server, at the port of BASE_URL."""
        origin = self.environment["BASE_URL"]
        command = [sys.executable, "-m", "gunicorn", "torque_sso.wsgi:application"]
        command += ["--bind", f"127.0.0.1:{origin.rsplit(':')[-1]}"]
        answers = processes.answers_http(f"{origin}/healthz")
        with processes.started(command, log, self.environment, answers, self.code, processes.AT_ONCE):
            yield origin


def environment(folder: Path, **more: str) -> dict[str, str]:
    """For an installation whose secrets and address stay the same while its code changes."""
    return {
        **processes.outside(),
        "STATE_DIR": str(folder),
        "BASE_URL": f"http://localhost:{servers.free_port()}",
        "SECRET_KEY": "upgrade-" + "k" * 32,
        "ENCRYPTION_KEYS": "upgrade-" + "e" * 32,
        "PYTHONUNBUFFERED": "1",
        **more,
    }


def code_of(commit: str, folder: Path) -> Path:
    """The product as that commit has it. Skips, with the reason, in a shallow clone that does not hold the commit."""
    packed = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True)
    if packed.returncode:
        pytest.skip(f"Upgrades are not tested: Git here holds no commit {commit} (`git fetch --unshallow`).")
    with tarfile.open(fileobj=BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder

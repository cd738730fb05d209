"""What the container image holds, put together from the Dockerfile without an engine, and run as the image's user."""

import json
import os
import pwd
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.setup import ROOT

INSTRUCTION = re.compile(r"^(COPY|ENV|USER) (.+)$", re.MULTILINE)
SERVICE = re.compile(r"^  (\w+):$(.*?)(?=^  \w+:$|^\w|\Z)", re.MULTILINE | re.DOTALL)
COMMAND = re.compile(r"^    command: (\[.*\])", re.MULTILINE)


TEMPORARY = "/tmp"  # noqa: S108  # the image's


@dataclass(frozen=True)
class Image:
    """`app`: the image's working folder, which its user cannot change; `writable`: stands for its /tmp."""

    app: Path
    writable: Path
    environment: dict[str, str]
    user: list[str]

    def command(self, *arguments: str) -> list[str]:
        """A command of the image, with the Python of these tests."""
        return [*self.user, sys.executable, *(part.replace(TEMPORARY, str(self.writable)) for part in arguments[1:])]

    def service(self, name: str) -> list[str]:
        """The command of a service of compose.yaml."""
        return self.command(*json.loads(compose_commands()[name]))

    def shell_commands(self, name: str) -> list[list[str]]:
        """The commands of a service that runs several, one after the other, in a shell."""
        shell, flag, script = json.loads(compose_commands()[name])
        assert (shell, flag) == ("sh", "-c")
        return [self.command(*shlex.split(one)) for one in script.split(" && ")]

    def run(self, command: list[str]) -> str:
        done = subprocess.run(command, cwd=self.app, env=self.environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr


@contextmanager
def assembled() -> Iterator[Image]:
    """The files of the COPY lines, readable by everybody and writable by nobody."""
    with tempfile.TemporaryDirectory(prefix="torque-image-") as folder:
        app, writable = Path(folder) / "app", Path(folder) / "tmp"
        instructions = INSTRUCTION.findall((ROOT / "Dockerfile").read_text())
        app.mkdir()
        for _, sources in filter(lambda found: found[0] == "COPY", instructions):
            _copy(sources.split(), app)
        Path(folder).chmod(0o755)
        _close(app)
        writable.mkdir()
        writable.chmod(0o777)
        yield Image(app, writable, _environment(instructions, writable), _user(instructions, app))


def compose_commands() -> dict[str, str]:
    """Of each service of compose.yaml that has one, as it stands there (JSON)."""
    found = SERVICE.findall((ROOT / "compose.yaml").read_text())
    return {name: command[1] for name, body in found if (command := COMMAND.search(body))}


def _copy(parts: list[str], app: Path) -> None:
    *sources, target = parts
    for source in sources:
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, app / target)
        else:
            shutil.copy(ROOT / source, app / target)


def _close(app: Path) -> None:
    for path in [app, *app.rglob("*")]:
        path.chmod(0o555 if path.is_dir() else 0o444)


def _environment(instructions: list[tuple[str, str]], writable: Path) -> dict[str, str]:
    """Of the image and nothing else. Its user's home folder does not exist, and cannot be made."""
    written = [pair for name, pairs in instructions if name == "ENV" for pair in pairs.split()]
    own = dict(pair.split("=", 1) for pair in written)
    own = {name: value.replace(TEMPORARY, str(writable)) for name, value in own.items()}
    return {"PATH": os.defpath, "TMPDIR": str(writable), **own, "HOME": str(writable.parent / "app" / "nonexistent")}


def _user(instructions: list[tuple[str, str]], app: Path) -> list[str]:
    """What a command begins with to run as the image's user. One that cannot reach this Python is root who may write
    no more than that user; and who is not root cannot become anybody."""
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        return []
    user = pwd.getpwnam(next(name for what, name in instructions if what == "USER"))
    prefix = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", "--"]
    versions = [sys.executable, "-c", "import sys, django; print(sys.version, sys.base_prefix)"]
    printed = subprocess.run([*prefix, *versions], cwd=app, capture_output=True, text=True).stdout.strip()
    without_rights = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all", "--"]
    return prefix if printed == f"{sys.version} {sys.base_prefix}" else without_rights

"""Throwaway PostgreSQL and Redis (or Valkey) for tests: own folder, free port, loopback only, stopped by process id."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tools import setup

SERVICES_VENV = setup.ROOT / ".venv-services"
SERVICES = setup.ROOT / "requirements" / "services.txt"
READY_WITHIN = 30.0  # seconds
# A server for tests needs no durability.
POSTGRES_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
}


class NoServerError(Exception):
    """There is no such server on this machine; the message says what to do."""


@dataclass(frozen=True)
class Programs:
    """Where the servers' programs are: the folder with `initdb` and `postgres`, and `redis-server` or its like."""

    postgres: Path
    redis: Path
    from_wheels: bool


def find_programs() -> Programs:
    """Return the machine's own programs, else those of wheels. Raises NoServerError."""
    postgres, redis = _postgres_folder(), shutil.which("redis-server") or shutil.which("valkey-server")
    if postgres and redis:
        return Programs(postgres, Path(redis), from_wheels=False)
    return programs_from_wheels()


def programs_from_wheels() -> Programs:
    """Return the programs of `requirements/services.txt`, installed when missing. Raises NoServerError."""
    print("No PostgreSQL and Redis on this machine: taking them from wheels.", flush=True)
    try:
        if not setup.is_installed(SERVICES_VENV, SERVICES):
            setup.make_environment(SERVICES_VENV)
            setup.install(SERVICES_VENV, [SERVICES])
    except setup.SetupError as problem:
        raise NoServerError(f"PostgreSQL and Redis are not on this machine and wheels failed: {problem}") from problem
    initdb = next(SERVICES_VENV.glob("lib/python*/site-packages/**/bin/initdb"), None)
    redis = next(SERVICES_VENV.glob("lib/python*/site-packages/**/valkey-server"), None)
    if initdb is None or redis is None:
        raise NoServerError("The wheels of requirements/services.txt carry no servers for this machine.")
    return Programs(initdb.parent, redis, from_wheels=True)


def find_nginx() -> Path:
    """Return the machine's nginx, which Debian has on root's path only. Raises NoServerError."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if not found:
        raise NoServerError("No nginx on this machine: install it (Debian: apt-get install nginx-light).")
    return Path(found)


def _postgres_folder() -> Path | None:
    on_path = shutil.which("initdb")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parent.parent.name))
    found = [Path(on_path).resolve()] if on_path else debian[-1:]  # resolved: its neighbours are wanted too
    return found[0].parent if found else None


class PostgresServer:
    """A PostgreSQL with a folder and a port of its own, that may be stopped and started again. Raises NoServerError."""

    def __init__(self, programs: Programs, folder: Path, settings: Mapping[str, str] = POSTGRES_SETTINGS) -> None:
        account = _unprivileged()
        self._programs, self._log = _reachable(programs, folder), folder / "log"
        if account:
            shutil.chown(folder, account.pw_uid, account.pw_gid)
        self._environment = {"HOME": str(folder), "LC_ALL": "C.UTF-8", "PATH": os.environ.get("PATH", "/usr/bin:/bin")}
        data = str(folder / "data")
        options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "-N"]
        command = [*_as(account), str(self._programs / "initdb"), "-D", data, *options]
        made = subprocess.run(command, env=self._environment, capture_output=True, text=True, cwd="/")
        if made.returncode:
            raise NoServerError(f"initdb failed: {made.stderr.strip()}")
        self.port = free_port()
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._command = [*_as(account), str(self._programs / "postgres"), "-D", data, "-p", str(self.port), *options]
        self._server: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self._log.open("ab") as output:
            self._server = subprocess.Popen(
                self._command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=self._environment
            )
        _wait(lambda: _postgres_answers(self._programs, self.port), self._server, self._log)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """`how`: SIGINT breaks connections off in order, SIGQUIT is what `pg_ctl -m immediate` sends: a crash."""
        if self._server:
            end(self._server, how)


@contextmanager
def postgres_server(programs: Programs, settings: Mapping[str, str] = POSTGRES_SETTINGS) -> Iterator[PostgresServer]:
    """A running PostgreSQL. Raises NoServerError."""
    with _folder() as folder:
        server = PostgresServer(programs, folder, settings)
        try:
            server.start()
            yield server
        finally:
            server.stop()


@contextmanager
def postgres(programs: Programs, settings: Mapping[str, str] = POSTGRES_SETTINGS) -> Iterator[str]:
    """A running PostgreSQL; gives its DATABASE_URL. Raises NoServerError."""
    with postgres_server(programs, settings) as server:
        yield server.url


@contextmanager
def redis(program: Path, port: int | None = None) -> Iterator[str]:
    """A running Redis that keeps nothing; gives its REDIS_URL. Raises NoServerError."""
    with _folder() as folder:
        port = port or free_port()
        with running(redis_command(program, port, folder), folder / "log") as server:
            _wait(lambda: answers(port), server, folder / "log")
            yield f"redis://127.0.0.1:{port}/0"


def redis_command(program: Path, port: int, folder: Path) -> list[str]:
    """The command line of a Redis on loopback that writes nothing to disk."""
    options = {"--port": str(port), "--bind": "127.0.0.1", "--save": "", "--appendonly": "no", "--dir": str(folder)}
    return [str(program), *(part for option in options.items() for part in option)]


@contextmanager
def running(
    command: list[str],
    log: Path,
    environment: dict[str, str] | None = None,
    stop: signal.Signals = signal.SIGTERM,
    folder: Path | None = None,
    with_children: bool = False,
) -> Iterator[subprocess.Popen[bytes]]:
    """A process whose output goes to `log`, ended by its own id at the end; with the children that outlive it."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=output,
            stdin=subprocess.DEVNULL,
            env=environment,
            cwd=folder,
            start_new_session=with_children,  # a process group of its own
        )
    try:
        yield process
    finally:
        end(process, stop)
        if with_children:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def end(process: subprocess.Popen[bytes], stop: signal.Signals = signal.SIGTERM, patience: float = 15) -> None:
    """Stop a process: first ask, then kill."""
    if process.poll() is None:
        process.send_signal(stop)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    """Return an unused loopback port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether anything accepts connections on this loopback port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _postgres_answers(programs_folder: Path, port: int) -> bool:
    command = [str(programs_folder / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    return subprocess.run(command, capture_output=True).returncode == 0


def _wait(is_ready: Callable[[], bool], server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + READY_WITHIN
    while not is_ready():
        if server.poll() is not None or time.monotonic() > until:
            raise NoServerError(f"{server.args!r} did not start: {log.read_text(errors='replace')[-500:]}")
        time.sleep(0.05)


@contextmanager
def _folder() -> Iterator[Path]:
    """A new folder that an unprivileged account can reach (a temporary root of mode 0700 would shut it out)."""
    account = _unprivileged()
    roots = [Path(tempfile.gettempdir()), Path("/tmp"), Path("/var/tmp")] if account else [None]
    root = next((root for root in roots if root is None or _passable(root)), None)
    folder = Path(tempfile.mkdtemp(prefix="torque-", dir=root))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _passable(root: Path) -> bool:
    return all(folder.stat().st_mode & 0o001 for folder in [root, *root.parents])


def _reachable(programs: Programs, folder: Path) -> Path:
    """The programs' folder; copied when they came from wheels and the checkout may be closed to the account."""
    if not (programs.from_wheels and _unprivileged()):
        return programs.postgres
    shutil.copytree(programs.postgres.parent, folder / "programs", symlinks=True)
    return folder / "programs" / programs.postgres.name


def _unprivileged() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: the account to run it as, or None when we are not root."""
    if os.geteuid() != 0:
        return None
    accounts = {account.pw_name: account for account in pwd.getpwall()}
    found = accounts.get("postgres") or accounts.get("nobody")
    if not found or not shutil.which("setpriv"):
        raise NoServerError("As root, PostgreSQL needs an account `postgres` or `nobody` and the program setpriv.")
    return found


def _as(account: pwd.struct_passwd | None) -> list[str]:
    if account is None:
        return []
    return ["setpriv", f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups", "--"]

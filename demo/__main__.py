"""`make run`: the product, the demo account Acme and its stand-in identity provider, all on this machine."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from demo import ports
from demo.safe import Safe
from demo.stand_in import TILES

ROOT = Path(__file__).resolve().parent.parent
# A demo account must not get into a real database or queue.
NOT_OURS = ("DATABASE_URL", "DATABASE_URL_FILE", "REDIS_URL", "REDIS_URL_FILE")
PARENT_DEATH_SIGNAL = 1  # prctl's PR_SET_PDEATHSIG
PATIENCE = 5  # seconds that a child gets to stop by itself


class Stopped(Exception):
    """A child process ended unexpectedly; the message says which."""


@dataclass(frozen=True)
class Plan:
    """Ports and folder of this run."""

    port: int
    idp_port: int
    state: Path

    @property
    def product(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def idp(self) -> str:
        return f"http://127.0.0.1:{self.idp_port}"

    @property
    def safe(self) -> Safe:
        return Safe(self.state / "demo")

    @property
    def was_prepared(self) -> bool:
        return (self.safe.directory / TILES).exists()


def make_plan() -> Plan:
    """Raises PortRefused before anything is started or written."""
    port = ports.port_from_environment("PORT", 8000)
    idp_port = ports.port_from_environment("IDP_PORT", 9000)
    if port == idp_port:
        raise ports.PortRefused(f"PORT and IDP_PORT are both {port}: they have to differ.")
    ports.check_free("PORT", port)
    if ports.has_ipv6_loopback():
        ports.check_free("PORT", port, "::1")
    ports.check_free("IDP_PORT", idp_port)
    return Plan(port, idp_port, Path(os.environ.get("STATE_DIR") or ROOT / "var").resolve())


def set_environment(plan: Plan) -> None:
    """For this process and its children. `manage.py` of this folder reads the address from the file."""
    own_idp = f"127.0.0.1:{plan.idp_port}"
    plan.state.mkdir(parents=True, exist_ok=True)
    (plan.state / "base-url").write_text(plan.product)
    for name in NOT_OURS:
        os.environ.pop(name, None)
    os.environ |= {
        "BASE_URL": plan.product,
        "STATE_DIR": str(plan.state),
        "OUTBOUND_ALLOWLIST": ",".join(filter(None, [os.environ.get("OUTBOUND_ALLOWLIST"), own_idp])),
        "GRAPH_URL": os.environ.get("GRAPH_URL") or plan.idp,
        "DJANGO_SETTINGS_MODULE": "torque_sso.settings",
        "PYTHONUNBUFFERED": "1",
    }


def idp_command(plan: Plan) -> list[str]:
    options = ["--port", str(plan.idp_port), "--product", plan.product, "--state-dir", str(plan.safe.directory)]
    return [sys.executable, "-m", "demo.idp", *options]


def web_command(plan: Plan) -> list[str]:
    binds = ["--bind", f"127.0.0.1:{plan.port}"]
    if ports.has_ipv6_loopback():
        binds += ["--bind", f"[::1]:{plan.port}"]
    options = ["--graceful-timeout", "2", "--log-level", "warning"]
    return [sys.executable, "-m", "gunicorn", "torque_sso.wsgi:application", *binds, *options]


def start(command: list[str]) -> subprocess.Popen[bytes]:
    """Start a child in a session of its own: Ctrl-C reaches this process only, which then ends its children."""
    return subprocess.Popen(command, cwd=ROOT, start_new_session=True, preexec_fn=_end_with_parent)


def _end_with_parent() -> None:
    """On Linux a child gets a signal when this process is killed."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PARENT_DEATH_SIGNAL, signal.SIGTERM)


def run(plan: Plan, children: dict[str, subprocess.Popen[bytes]]) -> None:
    """Start everything, print the addresses, and watch. Raises Stopped, CommandError, KeyboardInterrupt."""
    # The key first: metadata and stand-in must not make one each.
    plan.safe.signing_key("saml")
    children["identity provider"] = start(idp_command(plan))
    if plan.was_prepared:  # then both load at the same time; the first request comes after the preparation
        children["web server"] = start(web_command(plan))
    from demo.preparation import prepare

    password = prepare(plan.idp, plan.safe)
    if "web server" not in children:
        children["web server"] = start(web_command(plan))
    watch(children, lambda: ports.answers(plan.idp_port, "127.0.0.1", "/"))
    watch(children, lambda: ports.answers(plan.port, "localhost", "/login"))
    print(_welcome(plan, password), flush=True)
    watch(children, lambda: False, pause=0.5)


def watch(children: dict[str, subprocess.Popen[bytes]], is_done: Callable[[], bool], pause: float = 0.02) -> None:
    """Waits until it is done. Raises Stopped when a child ends before that."""
    while not is_done():
        for name, child in children.items():
            try:
                child.wait(timeout=pause)
            except subprocess.TimeoutExpired:
                continue
            raise Stopped(f"The {name} stopped (exit code {child.returncode}), so everything stops.")


def _welcome(plan: Plan, password: str) -> str:
    return f"""
Torque SSO is running. Ctrl-C stops it.

  Product            {plan.product}/
  Identity provider  {plan.idp}/  (a stand-in for Acme's Okta and Azure)
  Account admin      alice@acme.example
  Her password       {password}

What to try:
  1. {plan.product}/login, "Log in with SSO", bob@acme.example, Okta, Bob Ek, Send: his spaces, roles, group, and why.
  2. Dana Diaz with Azure: OpenID Connect instead of SAML. As Bob, open /login/sso and take Azure: that links both.
  3. Petra Novak: pending until her first login. Fatima Haddad: an unknown space. Ivan Ilic: 250 groups.
  4. Before Send, change anything: space_role to "Space Wizard", timezone to "Mars", or leave groups out.
  5. "Log in fails", and the tile at {plan.idp}/: a refused login with its reference, and a login started at the IdP.
"""


def stop(children: dict[str, subprocess.Popen[bytes]]) -> None:
    """End the children by their ids; no signal interrupts that."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    running = [child for child in children.values() if child.poll() is None]
    for child in running:
        child.terminate()
    for child in running:
        try:
            child.wait(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def main() -> int:
    children: dict[str, subprocess.Popen[bytes]] = {}
    for number in (signal.SIGINT, signal.SIGTERM):  # shells start background jobs with SIGINT ignored
        signal.signal(number, signal.default_int_handler)
    try:
        plan = make_plan()
        set_environment(plan)
        from django.core.exceptions import ImproperlyConfigured
        from django.core.management import CommandError

        try:
            run(plan, children)
        except (Stopped, CommandError, ImproperlyConfigured) as problem:
            return _refuse(str(problem))
    except ports.PortRefused as problem:
        return _refuse(str(problem))
    except KeyboardInterrupt:
        print("Stopping.", flush=True)
    finally:
        stop(children)
    return 0


def _refuse(sentence: str) -> int:
    print(sentence, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

"""`python -m demo` before and while it runs; tests/browser starts it for real."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.__main__ import ROOT, Stopped, start, watch


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other_program:
        other_program.bind(("127.0.0.1", 0))
        other_program.listen()
        yield other_program.getsockname()[1]


def run_demo(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "demo"]
    outside = {**os.environ, "STATE_DIR": str(folder / "state"), **environment}
    return subprocess.run(command, cwd=ROOT, env=outside, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("name", ["PORT", "IDP_PORT"])
def test_a_taken_port_is_named_in_one_sentence(tmp_path: Path, taken_port: int, name: str) -> None:
    done = run_demo(tmp_path, **{name: str(taken_port)})
    assert done.returncode == 1
    assert done.stderr.startswith(f"Port {taken_port} is taken")
    assert done.stderr.count("\n") == 1


def test_nothing_is_written_when_a_port_is_taken(tmp_path: Path, taken_port: int) -> None:
    run_demo(tmp_path, PORT=str(taken_port))
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "\u0663"])
def test_what_is_no_port_is_refused(tmp_path: Path, port: str) -> None:
    done = run_demo(tmp_path, PORT=port)
    assert done.returncode == 1
    assert "PORT has to be a number from 1 to 65535" in done.stderr


def test_the_two_ports_have_to_differ(tmp_path: Path) -> None:
    assert "have to differ" in run_demo(tmp_path, PORT="9000").stderr


def test_a_child_that_ends_is_named() -> None:
    child = start([sys.executable, "-c", "raise SystemExit(3)"])
    with pytest.raises(Stopped, match=r"The web server stopped \(exit code 3\)"):
        watch({"web server": child}, lambda: False)

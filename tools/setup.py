"""The environment in `.venv`, made again only when a requirements file changed: `python -m tools.setup runtime`."""

import hashlib
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
RUNTIME = ROOT / "requirements.txt"
DEVELOPMENT = ROOT / "requirements" / "development.txt"
# Each set includes the one before it, so an environment also serves smaller sets.
SETS = {
    "runtime": [RUNTIME],
    "development": [RUNTIME, DEVELOPMENT],
    "bench": [RUNTIME, DEVELOPMENT, ROOT / "requirements" / "bench.txt"],
}


class SetupError(Exception):
    """The environment cannot be made; the message is one sentence."""


def set_up(wanted: str) -> None:
    """Make `.venv` hold at least the set `wanted`. Raises SetupError."""
    files = SETS[wanted]
    missing = [file for file in files if not is_installed(VENV, file)]
    if not missing:
        return
    began = time.monotonic()
    if not is_installed(VENV, RUNTIME) or any(stamp(VENV, file).exists() for file in missing):
        make_environment(VENV)  # a changed file may have dropped a package: begin with nothing
        missing = files
    install(VENV, missing)
    print(f"Environment ready in {time.monotonic() - began:.1f} s.", flush=True)


def make_environment(folder: Path) -> None:
    """Make an empty virtual environment at `folder`, in place of any other. Raises SetupError."""
    print(f"Making {folder.name} with Python {sys.version.split()[0]} ...", flush=True)
    shutil.rmtree(folder, ignore_errors=True)
    uv = shutil.which("uv")
    if uv and _run(uv, "venv", "--quiet", "--python", sys.executable, str(folder)):
        return
    if not _run(sys.executable, "-m", "venv", str(folder)):
        shutil.rmtree(folder, ignore_errors=True)
        raise SetupError(
            f"{sys.executable} cannot make a virtual environment: install its venv module "
            "(Debian and Ubuntu: apt-get install python3-venv), or uv, or name another Python: make run PYTHON=..."
        )


def install(folder: Path, files: list[Path]) -> None:
    """Install pinned requirements files into the environment at `folder`. Raises SetupError."""
    for file in files:
        print(f"Installing {file.relative_to(ROOT)} ...", flush=True)
        if not _install_one(folder, file):
            raise SetupError(f"Installing {file.relative_to(ROOT)} failed: the lines above say why.")
        stamp(folder, file).write_text(fingerprint(folder, file))


def _install_one(folder: Path, file: Path) -> bool:
    python = str(folder / "bin" / "python")
    # The files name every package with its hash, so nothing is left to resolve.
    options = ["--require-hashes", "--no-deps", "-r", str(file)]
    uv = shutil.which("uv")
    if uv and _run(uv, "pip", "install", "--quiet", "--python", python, *options):
        return True
    if not (folder / "bin" / "pip").exists() and not _run(python, "-m", "ensurepip"):
        return False
    return _run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", *options)


def _run(*command: str) -> bool:
    return subprocess.run(command, check=False).returncode == 0


def is_installed(folder: Path, file: Path) -> bool:
    """Whether the environment at `folder` holds this version of a requirements file."""
    mark = stamp(folder, file)
    return (folder / "bin" / "python").exists() and mark.exists() and mark.read_text() == fingerprint(folder, file)


def stamp(folder: Path, file: Path) -> Path:
    """Path of the note in an environment about which version of a requirements file it holds."""
    return folder / f"installed-{file.stem}"


def fingerprint(folder: Path, file: Path) -> str:
    """Digest of the file and of the folder: scripts in an environment that was moved do not start."""
    return hashlib.sha256(file.read_bytes() + str(folder).encode()).hexdigest()


if __name__ == "__main__":
    try:
        set_up(sys.argv[1])
    except SetupError as problem:
        sys.exit(str(problem))
    except KeyboardInterrupt:
        sys.exit("Stopped; run it again to go on.")

"""`make lint`: run all checks, even when one fails."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tools.setup import ROOT

MODULE = [sys.executable, "-m"]
MANAGE = [sys.executable, "manage.py"]
CHECKS: dict[str, list[str]] = {
    "ruff check": [*MODULE, "ruff", "check", "--quiet", "."],
    "ruff format": [*MODULE, "ruff", "format", "--check", "--quiet", "."],
    "mypy": [*MODULE, "mypy"],
    "import-linter": [str(Path(sys.executable).parent / "lint-imports")],
    "django check": [*MANAGE, "check"],
    "migrations": [*MANAGE, "makemigrations", "--check", "--dry-run"],
    "templates": [*MODULE, "tools.templates"],
    "house rules": [*MODULE, "tools.house_rules"],
}


def passes(name: str, command: list[str], environment: dict[str, str]) -> bool:
    """Run one check. Its output is shown only when it fails."""
    began = time.monotonic()
    outcome = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    green = outcome.returncode == 0
    print(f"{'ok    ' if green else 'FAILED'} {name} ({time.monotonic() - began:.1f} s)", flush=True)
    if not green:
        print(outcome.stdout.decode(errors="replace"), flush=True)
    return green


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="torque-state-") as state:
        outside = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
        environment = {**outside, "STATE_DIR": state}
        failed = [name for name, command in CHECKS.items() if not passes(name, command, environment)]
    print(f"Lint failed: {', '.join(failed)}." if failed else "Lint is green.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())

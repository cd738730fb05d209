"""`make lock`: choose versions and write them with their hashes (needs uv; the output names no registry)."""

import shutil
import subprocess
import sys

from tools.setup import ROOT

LOCKS = {
    "requirements/runtime.in": "requirements.txt",
    "requirements/development.in": "requirements/development.txt",
    "requirements/bench.in": "requirements/bench.txt",
    "requirements/services.in": "requirements/services.txt",
    "requirements/idps.in": "requirements/idps.txt",
}


def lock(uv: str, source: str, target: str, options: list[str]) -> None:
    """Write `target` from `source`. Versions already in `target` stay unless `options` has `--upgrade`."""
    command = [uv, "pip", "compile", "--quiet", "--universal", "--python-version", "3.11", "--generate-hashes"]
    command += ["--no-emit-index-url", "--custom-compile-command", "make lock", *options, source, "-o", target]
    subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
    print(f"wrote {target}")


def main() -> None:
    uv = shutil.which("uv")
    if not uv:
        sys.exit("`make lock` needs uv on the PATH (pip install uv).")
    for source, target in LOCKS.items():
        lock(uv, source, target, sys.argv[1:])


if __name__ == "__main__":
    main()

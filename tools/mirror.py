"""Modules of the product without a test at the mirrored path: `python -m tools.mirror [--write]`.

`accounts/groups/sync.py` is tested by `tests/accounts/groups/test_sync.py`, or by `test_sync_….py` beside it. The known
ones are in KNOWN, a list that only gets shorter: `--write` writes it anew after a test was added or a module moved.
"""

import re
import sys
from collections import Counter
from pathlib import Path

from tools.setup import ROOT

PRODUCT = ("accounts", "common", "console", "scim", "spaces", "torque_sso")
KNOWN = ROOT / "tests" / "tools" / "modules_without_tests.txt"
SHORT = 30  # lines; shorter modules are tested through those that use them
# Declarations: tables, addresses, settings.
DECLARATIONS = re.compile(r"(^|/)(__init__|apps|urls|models|settings|wsgi|celery)\.py$|/(models|migrations)/")


def without_tests(root: Path = ROOT) -> list[str]:
    """Paths of modules that are longer than SHORT, declare nothing only, and have no test at the mirrored path."""
    modules = (path for folder in PRODUCT for path in sorted((root / folder).rglob("*.py")))
    names = ((path, path.relative_to(root).as_posix()) for path in modules)
    return [
        name
        for path, name in names
        if not DECLARATIONS.search(name) and path.read_text().count("\n") > SHORT and not _is_tested(root, name)
    ]


def _is_tested(root: Path, name: str) -> bool:
    folder, stem = (root / "tests" / name).parent, Path(name).stem
    return (folder / f"test_{stem}.py").exists() or any(folder.glob(f"test_{stem}_*.py"))


def known() -> list[str]:
    return KNOWN.read_text().split()


def summary(names: list[str]) -> str:
    counts = Counter(name.partition("/")[0] for name in names)
    folders = ", ".join(f"{folder} {count}" for folder, count in sorted(counts.items()))
    return f"{len(names)} modules have no test at the mirrored path: {folders or 'none'}."


def main(arguments: list[str]) -> None:
    found = without_tests()
    if "--write" in arguments:
        KNOWN.write_text("".join(f"{name}\n" for name in found))
    else:
        print("\n".join(found))
    print(summary(found))


if __name__ == "__main__":
    main(sys.argv[1:])

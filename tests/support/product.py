"""The source of the product, for tests that hold for all of it."""

from collections.abc import Iterator
from pathlib import Path

from tools.setup import ROOT

FOLDERS = ("accounts", "common", "console", "scim", "spaces", "torque_sso")


def modules() -> Iterator[Path]:
    """Every module but migrations."""
    for folder in FOLDERS:
        yield from (path for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts)

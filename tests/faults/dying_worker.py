"""A worker of the product that kills itself (-9) at a named point: `DIES_AT=module:function:before celery -A` this.

The points are put in from here, so the product has no hook that costs something or could be left on by mistake; a
function that was renamed is noticed when the worker does not start. `DIES_ONCE` names a file: with it, the first
process that comes to the point makes the file and dies, and those after it pass.
"""

import os
import signal
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import django

from torque_sso.celery import app

__all__ = ["app"]


def put_in(point: str) -> None:
    """`point`: module, function, and `before` or `after` it."""
    path, name, when = point.split(":")
    module = import_module(path)
    goes_on = getattr(module, name)

    def dies(*args: Any, **options: Any) -> Any:
        if when == "before":
            _die()
        result = goes_on(*args, **options)
        if when == "after":
            _die()
        return result

    _replace(module, name, dies)


def _replace(module: Any, name: str, by: Callable[..., Any]) -> None:
    setattr(module, name, by)


def _die() -> None:
    once = os.environ.get("DIES_ONCE")
    if once and Path(once).exists():
        return
    if once:
        Path(once).touch()
    os.kill(os.getpid(), signal.SIGKILL)


if "DIES_AT" in os.environ:
    django.setup()
    put_in(os.environ["DIES_AT"])

"""Gunicorn and the product have the same number of threads."""

import os
import runpy
from types import SimpleNamespace
from typing import Any

import pytest

from tools.setup import ROOT

CONFIGURATION = runpy.run_path(str(ROOT / "gunicorn.conf.py"))


def test_gunicorn_has_as_many_threads_as_the_setting(settings: Any) -> None:
    assert CONFIGURATION["threads"] == settings.WEB_THREADS


@pytest.mark.parametrize(("given", "expected"), [(12, "12"), (1, "2")], ids=["twelve", "fewer than are possible"])
def test_a_number_on_the_command_line_becomes_the_setting(
    monkeypatch: pytest.MonkeyPatch, given: int, expected: str
) -> None:
    monkeypatch.setenv("WEB_THREADS", "8")
    CONFIGURATION["on_starting"](SimpleNamespace(cfg=SimpleNamespace(threads=given)))
    assert os.environ["WEB_THREADS"] == expected

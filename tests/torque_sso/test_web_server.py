"""Gunicorn and the product go by the same number of threads."""

import os
import runpy
from types import SimpleNamespace
from typing import Any

import pytest

from tools.setup import ROOT

CONFIGURATION = runpy.run_path(str(ROOT / "gunicorn.conf.py"))


def test_gunicorn_has_as_many_threads_as_the_product_is_told(settings: Any) -> None:
    assert CONFIGURATION["threads"] == settings.WEB_THREADS


@pytest.mark.parametrize(("given", "told"), [(12, "12"), (1, "2")], ids=["twelve", "fewer than are possible"])
def test_a_number_on_the_command_line_is_what_the_product_is_told(
    monkeypatch: pytest.MonkeyPatch, given: int, told: str
) -> None:
    monkeypatch.setenv("WEB_THREADS", "8")
    CONFIGURATION["on_starting"](SimpleNamespace(cfg=SimpleNamespace(threads=given)))
    assert os.environ["WEB_THREADS"] == told

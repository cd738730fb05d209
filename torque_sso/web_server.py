"""Gunicorn's own settings, for every way the product is started: `gunicorn --config python:torque_sso.web_server`.

The number of threads is one setting for gunicorn and for the product, which lets at most half of them wait for other
servers (`torque_sso.outbound_turns`).
"""

import os
from typing import Any

from torque_sso.configuration import read_configuration

threads = read_configuration().web_threads


def on_starting(server: Any) -> None:
    """A `--threads` on the command line counts more than ours: the product has to know the number that came of it."""
    os.environ["WEB_THREADS"] = str(max(2, server.cfg.threads))

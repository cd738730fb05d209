"""Gunicorn settings of every web server of ours. Gunicorn reads this file in the folder where it starts."""

import os
from typing import Any

from torque_sso.configuration import read_configuration

# One setting for gunicorn and for the product, which lets at most half of the threads wait for other servers
# (`common.outbound.slots`).
threads = read_configuration().web_threads

# The product decides which headers count (TRUSTED_PROXIES, `torque_sso.behind_proxy`). By default gunicorn trusts every
# peer on loopback or a Unix socket.
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""
# Gunicorn would make it in the home folder, and the image's user has none.
control_socket_disable = True
# A SAML logout message or a SCIM filter in an address may be as long as this (bytes; gunicorn knows no larger limit).
# SCIM refuses addresses over SCIM_ADDRESS_LIMIT by itself, in its own words.
limit_request_line = 8190


def on_starting(server: Any) -> None:
    """Pass the number of threads on to the product: `--threads` on the command line overrides ours."""
    os.environ["WEB_THREADS"] = str(max(2, server.cfg.threads))

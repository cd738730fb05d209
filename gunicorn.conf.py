"""What holds for every web server of ours. Gunicorn reads this by itself in the folder where it starts."""

import os
from typing import Any

from torque_sso.configuration import read_configuration

# One setting for gunicorn and for the product, which lets at most half of the threads wait for other servers
# (`common.outbound.slots`).
threads = read_configuration().web_threads

# Whose headers count is for the product to decide (TRUSTED_PROXIES, `torque_sso.behind_proxy`). By default gunicorn
# trusts every peer on loopback or a Unix socket.
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""
# It would be made in the home folder, and the image's user has none.
control_socket_disable = True
# A SAML logout message or a SCIM filter in an address may be as long as this (bytes; gunicorn knows no larger limit).
# SCIM refuses addresses over SCIM_ADDRESS_LIMIT by itself, in its own words.
limit_request_line = 8190


def on_starting(server: Any) -> None:
    """A `--threads` on the command line counts more than ours: the product has to know the number that came of it."""
    os.environ["WEB_THREADS"] = str(max(2, server.cfg.threads))

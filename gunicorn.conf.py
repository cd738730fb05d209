"""What holds for every web server of ours. Gunicorn reads this by itself in the folder where it starts."""

# Whose headers count is for the product to decide (TRUSTED_PROXIES, `torque_sso.behind_proxy`). By default gunicorn
# trusts every peer on loopback or a Unix socket.
secure_scheme_headers: dict[str, str] = {}
forwarder_headers = ""
# It would be made in the home folder, and the image's user has none.
control_socket_disable = True
# A SAML logout message in an address may be as long as this (bytes; the most that gunicorn can be told).
limit_request_line = 8190

"""E-mail domains of connections: claim, verify, and which connection an address leads to."""

"""Pages that say why a login went as it did, and what another one would do."""

"""Tab "Identity provider": metadata, addresses, certificates, keys and secrets."""

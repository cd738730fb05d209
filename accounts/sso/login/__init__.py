"""From verified claims to a signed-in user: match, create, update, record."""

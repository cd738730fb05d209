"""REST API of an account: sign-in of programs, tokens of one's own, strict JSON."""

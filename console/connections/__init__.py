"""Single sign-on: connections to identity providers, from set-up to deletion."""

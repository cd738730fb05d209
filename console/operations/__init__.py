"""Commands for operators of an installation: export, verify, sweep, rotate."""

"""Home: what needs attention, and what the user may do and why."""

"""Words that all sections share."""


def counted(number: int, one: str, many: str) -> str:
    """Return a number with its noun: "1 user", "3 users"."""
    return f"{number:,} {one if number == 1 else many}"

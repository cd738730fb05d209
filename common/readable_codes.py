"""Random codes that people read out, type and copy: no letters or digits that are mistaken for each other."""

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # 30 characters: 4.9 random bits each


def new_code(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))

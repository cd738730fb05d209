"""What `manage.py check --deploy` says about an installation: what was expected, what is, how to change it.

Django's own checks of cookies and TLS are beside these. Ids are stable; `docs/operations.md` lists them.
"""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import DatabaseError, connection

from accounts.audit import database_role

_DIFFERENT = 8  # characters of a secret that is not made by hand
_GRANT = "Run `manage.py grant_application_role ROLE` as the owner of the tables, and name that role in DATABASE_URL."

Check = Callable[..., list[CheckMessage]]


def _at_deployment(found: Callable[[], Iterator[CheckMessage]]) -> Check:
    def check(**_: Any) -> list[CheckMessage]:
        return list(found())

    register(check, Tags.security, deploy=True)
    return check


@_at_deployment
def debug_is_off() -> Iterator[CheckMessage]:
    if settings.DEBUG:
        yield Error(
            "Expected DEBUG to be off; it is on, and error pages show settings and source.",
            hint="Remove DEBUG from the environment, or set it to 0.",
            id="torque.E001",
        )


@_at_deployment
def origin_is_https() -> Iterator[CheckMessage]:
    if urlsplit(settings.BASE_URL).scheme != "https":
        yield Error(
            f"Expected BASE_URL to be the public https origin; it is '{settings.BASE_URL}', so cookies are sent in the"
            " clear and identity providers get addresses that nobody can reach.",
            hint="Set BASE_URL, for example to https://sso.example.com.",
            id="torque.E002",
        )


@_at_deployment
def secrets_are_random() -> Iterator[CheckMessage]:
    """The configuration asks for their length already. One that is no secret has few different characters."""
    secrets = {"SECRET_KEY": [settings.SECRET_KEY], "ENCRYPTION_KEYS": settings.ENCRYPTION_KEYS}
    for name, keys in secrets.items():
        if not keys or any(len(key) < settings.SHORTEST_SECRET or len(set(key)) < _DIFFERENT for key in keys):
            yield Error(
                f"Expected {name} to be random text of at least {settings.SHORTEST_SECRET} characters; it is empty,"
                f" shorter, or has fewer than {_DIFFERENT} different characters.",
                hint=f"Set {name} to the output of `openssl rand -base64 48`; former encryption keys go after the new.",
                id="torque.E003",
            )
    if settings.SECRET_KEY in settings.ENCRYPTION_KEYS:
        yield Error(
            "Expected SECRET_KEY and ENCRYPTION_KEYS to be different; they are the same.",
            hint="Set SECRET_KEY to the output of `openssl rand -base64 48`. Everybody has to sign in again.",
            id="torque.E003",
        )


@_at_deployment
def database_role_cannot_undo_the_audit_log() -> Iterator[CheckMessage]:
    if connection.vendor != "postgresql":
        yield Warning(
            "Expected PostgreSQL; the database is a file (SQLite): one process can write at a time, and everybody who"
            " may write the file can undo the audit log.",
            hint="Set DATABASE_URL to a PostgreSQL database.",
            id="torque.W001",
        )
        return
    try:
        powers = database_role.powers()
    except DatabaseError as problem:
        yield Error(
            f"Expected the database of DATABASE_URL to answer; {str(problem).splitlines()[0]}",
            hint="Start it, or correct DATABASE_URL.",
            id="torque.E007",
        )
        return
    yield from _of_role(powers)


def _of_role(powers: database_role.Powers) -> Iterator[CheckMessage]:
    role = (
        f"Expected the database role of DATABASE_URL to own nothing and only to add to the audit log; '{powers.role}'"
    )
    if powers.rules_roles:
        said = f"{role} is a superuser or may make roles: it can switch the triggers of the audit log off."
        yield Error(said, hint=_GRANT, id="torque.E004")
    elif powers.owns:
        said = f"{role} owns {', '.join(powers.owns)}, or the schema: it can drop triggers and tables."
        yield Error(said, hint=_GRANT, id="torque.E005")
    elif powers.changes:
        said = f"{role} may change or remove rows of {', '.join(powers.changes)}."
        yield Error(said, hint=_GRANT, id="torque.E006")

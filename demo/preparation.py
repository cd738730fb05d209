"""Acme's account in the product, made with the commands of the product. A second start finds it ready."""

import io
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.core.management import call_command

from demo.colleagues import invite
from demo.company import AZURE_CLIENT_ID, DEVELOPERS, DOMAIN, GROUPS, OPERATIONS, TENANT_ID, TESTERS, person_by_key
from demo.faces import ENTRA_OIDC, OKTA_SAML
from demo.safe import Safe
from demo.saml_messages import metadata
from demo.stand_in import TILES

ACCOUNT = "Acme"
ADMIN = f"alice@{DOMAIN}"
DEFAULT_PLACE = ("--default-space", "Trial", "--default-space-role", "Space Member")
GROUP_ROLES = {
    DEVELOPERS: ("DevOps=Space Developer",),
    TESTERS: ("QA=Space Developer",),
    OPERATIONS: ("DevOps=Space Admin", "Trial=Space Admin"),
}


def prepare(idp_origin: str, safe: Safe) -> str:
    """Brings database and demo account up to date; gives Alice's password. Raises CommandError with a sentence."""
    django.setup()
    call_command("migrate", verbosity=0, interactive=False)
    password = safe.secret("alice-password")
    origin_file = safe.directory / "origin"
    if not _is_complete():
        _make_account(password)
        _make_okta(idp_origin, safe)
        _make_azure(idp_origin, safe)
        invite(ACCOUNT)
    elif origin_file.exists() and origin_file.read_text() != idp_origin:
        _move_connections(origin_file.read_text(), idp_origin)
    origin_file.write_text(idp_origin)
    _write_tiles(safe.directory / TILES)
    return password


def _is_complete() -> bool:
    from accounts.models import Connection

    return Connection.objects.filter(account__name=ACCOUNT, name__in=("Okta", "Azure")).count() == 2


def _make_account(password: str) -> None:
    with _in_environment("DEMO_ADMIN_PASSWORD", password):
        _run("create_account", ACCOUNT, "--admin-email", ADMIN, "--admin-password-env", "DEMO_ADMIN_PASSWORD")
    for space in ("Trial", "DevOps", "QA"):
        _run("create_space", ACCOUNT, space)
    _run("create_space_role", ACCOUNT, "Release Manager", "--template", "Space Developer")
    for group, pairs in GROUP_ROLES.items():
        roles = [part for pair in pairs for part in ("--space-role", pair)]
        _run("create_group", ACCOUNT, group, "--idp-identifier", GROUPS[group], *roles)
    _make_pending("petra")


def _make_pending(key: str) -> None:
    from accounts.models import User

    person = person_by_key(key)
    if person and not User.objects.filter(account__name=ACCOUNT, email=person.email).exists():
        names = ("--first-name", person.first_name, "--last-name", person.last_name)
        _run("create_user", ACCOUNT, person.email, *names)


def _make_okta(idp_origin: str, safe: Safe) -> None:
    """SAML. Updates everything at every login, so that edited attributes show at once."""
    if _has_connection("Okta"):
        return
    document = safe.directory / "okta-metadata.xml"
    document.write_bytes(metadata(OKTA_SAML, idp_origin, safe.signing_key("saml")))
    kind = ("--vendor", "okta", "--protocol", "saml", "--metadata", str(document), "--allow-idp-initiated")
    rules = ("--update-policy", "everything", *DEFAULT_PLACE)
    _run("create_connection", ACCOUNT, "Okta", *kind, "--domain", DOMAIN, *rules, "--live")


def _make_azure(idp_origin: str, safe: Safe) -> None:
    """OpenID Connect, with the product's own defaults: spaces are set at the first login only."""
    if _has_connection("Azure"):
        return
    kind = ("--vendor", "entra", "--protocol", "oidc", "--tenant-id", TENANT_ID, "--flow", "id_token")
    issuer = ("--issuer", idp_origin + ENTRA_OIDC.issuer_path, "--client-id", AZURE_CLIENT_ID)
    with _in_environment("DEMO_CLIENT_SECRET", safe.secret("client-secret")):
        secret = ("--client-secret-env", "DEMO_CLIENT_SECRET")
        _run("create_connection", ACCOUNT, "Azure", *kind, *issuer, *secret, "--domain", DOMAIN, "--live")


def _has_connection(name: str) -> bool:
    from accounts.models import Connection

    return Connection.objects.filter(account__name=ACCOUNT, name=name).exists()


def _move_connections(before: str, now: str) -> None:
    """The stand-in listens on another port than last time, so it has other addresses."""
    from accounts.models import Connection

    for connection in Connection.objects.filter(account__name=ACCOUNT, name__in=("Okta", "Azure")):
        for field in ("idp_entity_id", "sso_url", "issuer"):
            setattr(connection, field, getattr(connection, field).replace(before, now, 1))
        connection.discovery, connection.discovered_at = {}, None
        connection.save()


def _write_tiles(path: Path) -> None:
    """What the stand-in's "My apps" page needs to know of the product."""
    from accounts.models import Connection
    from accounts.sso.addresses import addresses_of

    mine = Connection.objects.select_related("account").filter(account__name=ACCOUNT, name__in=("Okta", "Azure"))
    path.write_text(json.dumps({connection.name.lower(): addresses_of(connection) for connection in mine}))


def _run(command: str, *arguments: str) -> None:
    call_command(command, *arguments, "--json", stdout=io.StringIO())


@contextmanager
def _in_environment(name: str, value: str) -> Iterator[None]:
    """Commands take secrets from the environment; it is there for one command only."""
    os.environ[name] = value
    try:
        yield
    finally:
        del os.environ[name]

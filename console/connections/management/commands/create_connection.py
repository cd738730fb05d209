"""`create_connection ACCOUNT NAME --vendor ... --protocol ...`: create a connection to an identity provider."""

from typing import Any

from django.core.management.base import CommandParser
from django.db import transaction

from accounts.audit.audit import OPERATOR
from accounts.connections import connections
from accounts.connections.agreed_permissions import not_agreed
from accounts.connections.domains.domains import include_subdomains
from accounts.models import Connection
from accounts.models.identity import Protocol
from accounts.sso.addresses import addresses_of
from accounts.users import users
from console.connections.management.options import add_connection_arguments, connection_settings
from console.management.base import VerbCommand, account_named
from spaces.spaces import set_default_placement


class Command(VerbCommand):
    help = "Create a connection to an identity provider and print the service provider details to enter there."

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("account")
        parser.add_argument("name")
        add_connection_arguments(parser)

    def run(self, *, account: str, name: str, **options: Any) -> dict[str, Any]:
        owner = account_named(account)
        found = connection_settings(name, options)  # may fetch metadata: not inside a transaction
        for warning in found.warnings:
            self.stderr.write(warning)
        with transaction.atomic():
            connection = connections.create_connection(
                owner,
                acting=OPERATOR,
                settings=found.fields,
                domains=options["domain"],
                grantable_account_roles=[users.role_named(owner, r) for r in options["grantable_account_role"]],
            )
            if options["with_subdomains"]:
                for domain in connection.domains.all():
                    include_subdomains(domain, True, acting=OPERATOR)
            if options["default_space"]:
                set_default_placement(connection, options["default_space"], options["default_space_role"])
            if options["live"]:
                self._enable(connection)
        own = addresses_of(connection)
        is_oidc = connection.protocol == Protocol.OIDC
        certificate = {"client_certificate": connection.sp_certificate} if is_oidc else {}
        return {"connection": str(connection.id), **own, **certificate}

    def _enable(self, connection: Connection) -> None:
        """Allow all permissions that mapped groups give, and print them."""
        gifts = not_agreed(connection)
        for gift in gifts:
            self.stderr.write(f"Logins can now add users to {gift.name}, which gives {', '.join(gift.permissions)}.")
        allowed = {permission for gift in gifts for permission in gift.permissions}
        connections.enable(connection, acting=OPERATOR, allowed=allowed)

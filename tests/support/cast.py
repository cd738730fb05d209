"""The people of all tests: Alice (admin), Bob (member), Petra (pending), and Charlie of another account."""

from dataclasses import dataclass

from accounts.audit.audit import OPERATOR
from accounts.connections import connections
from accounts.models import Account, User
from accounts.permissions import ACCOUNT_ADMIN
from accounts.users import users
from spaces.models import Space
from spaces.spaces import create_space
from spaces.tenancy import open_account
from tests.support.secrets_in_logs import secret

PASSWORD = "correct horse battery staple"
SPACES = ("Trial", "DevOps", "QA")


@dataclass(frozen=True)
class Cast:
    acme: Account
    globex: Account
    alice: User
    bob: User
    petra: User
    charlie: User

    def space(self, name: str) -> Space:
        return Space.objects.get(account=self.acme, name=name)


def make_cast() -> Cast:
    """Two accounts with the same spaces; acme.example is Acme's verified e-mail domain."""
    secret(PASSWORD)
    acme, _ = open_account("Acme", acting=OPERATOR)
    globex, _ = open_account("Globex", acting=OPERATOR)
    for account in (acme, globex):
        for name in SPACES:
            create_space(account, name, acting=OPERATOR)
    connections.claim_verified_domain(acme, "acme.example", acting=OPERATOR)
    connections.claim_verified_domain(globex, "globex.example", acting=OPERATOR)
    admin = users.role_named(acme, ACCOUNT_ADMIN)
    return Cast(
        acme=acme,
        globex=globex,
        alice=users.create_password_user(acme, "alice@acme.example", PASSWORD, acting=OPERATOR, account_role=admin),
        bob=users.create_password_user(acme, "bob@acme.example", PASSWORD, acting=OPERATOR, first_name="Bob"),
        petra=users.provision_pending(acme, "petra@acme.example", acting=OPERATOR),
        charlie=users.create_password_user(globex, "charlie@globex.example", PASSWORD, acting=OPERATOR),
    )

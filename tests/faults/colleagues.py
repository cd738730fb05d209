"""People who have something of everything that the end of access takes away."""

from django.test import Client

from accounts.audit.audit import OPERATOR
from accounts.authentication import BACKEND
from accounts.groups.groups import create_group
from accounts.groups.members import add_member
from accounts.models import Connection, User
from accounts.sso.login.complete import complete_login
from accounts.tokens import tokens
from spaces.placing import place_user
from spaces.spaces import create_space, space_role_named
from tests.support.factories import claims
from tests.support.secrets_in_logs import secret


def colleague(connection: Connection, name: str, *, groups: tuple[str, ...] = ("Ops", "Dev")) -> User:
    """A user who signed in through the connection, with groups from it and by hand, spaces, a session and a token."""
    account = connection.account
    for group in groups:
        create_group(account, group, acting=OPERATOR, idp_identifier=group)
    email = f"{name}@acme.example"
    who = {"subject": email, "email": email, "first_name": "", "last_name": ""}
    user: User = complete_login(claims(connection, **who, group_ids=groups), connection).user
    add_member(create_group(account, "By hand", acting=OPERATOR)[0], user, acting=OPERATOR)
    for space, role in (("DevOps", "Space Admin"), ("QA", "Space Member")):
        place_user(
            user, create_space(account, space, acting=OPERATOR)[0], space_role_named(account, role), acting=OPERATOR
        )
    secret(tokens.issue_token(user, "laptop", [], acting=OPERATOR)[1])
    Client().force_login(user, BACKEND)
    return user

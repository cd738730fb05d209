"""`python -m bench.population N TOKENS`: fills an empty database with N provisioned people of one account, and prints
the tokens with which a client may provision more. People are the same in every run.
"""

import json
import os
import sys
from collections.abc import Iterator
from itertools import islice
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

BATCH = 5000
USER = "urn:ietf:params:scim:schemas:core:2.0:User"


def identity(number: int) -> UUID:
    """Neighbours in the list are not neighbours in the index, as with random ids; but the same in every run."""
    return uuid5(NAMESPACE_OID, str(number))


def user_name(number: int) -> str:
    return f"person.{number}@acme.example"


def profile(number: int, **changed: Any) -> dict[str, Any]:
    """A person as Okta announces them (O2)."""
    name = user_name(number)
    return {
        "schemas": [USER],
        "userName": name,
        "name": {"givenName": f"Given{number}", "familyName": f"Family{number}"},
        "emails": [{"primary": True, "value": name, "type": "work"}],
        "displayName": f"Given{number} Family{number}",
        "locale": "en-US",
        "externalId": f"00u{number:012}",
        "groups": [],
        "password": "x7Kq20pZ",
        "active": True,
        **changed,
    }


def fill(people: int, tokens: int) -> list[str]:
    """Numbers 1 to `people`, as creates one after the other would have made them; gives the texts of the tokens."""
    from accounts.audit.audit import OPERATOR
    from accounts.models import Account, User
    from accounts.tokens.tokens import issue_service_token
    from spaces.tenancy import open_account

    account, _ = open_account("Acme", acting=OPERATOR)
    announced = _announced(account, people)
    while batch := list(islice(announced, BATCH)):
        User.objects.bulk_create(batch)
    Account.objects.filter(pk=account.pk).update(last_user_number=people, user_count=people)
    return [issue_service_token(account, f"{n}", ["Manage Users"], acting=OPERATOR)[1] for n in range(tokens)]


def _announced(account: Any, people: int) -> Iterator[Any]:
    from accounts.models import User
    from accounts.permissions import ACCOUNT_MEMBER
    from accounts.users.users import role_named
    from common.folding import fold
    from scim.users.resources import to_record

    role = role_named(account, ACCOUNT_MEMBER)
    for number in range(1, people + 1):
        record = to_record(profile(number))
        yield User(
            id=identity(number),
            account=account,
            number=number,
            account_role=role,
            state="pending",
            origin="scim",
            password=f"!{number:040}",
            user_name=record.user_name,
            email=record.emails[0],
            work_email_key=fold(record.work_email),
            external_id=record.external_id,
            first_name=record.first_name,
            last_name=record.last_name,
            display_name=record.display_name,
            scim_attributes=record.attributes,
        )


def main(arguments: list[str]) -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "torque_sso.settings")
    django.setup()
    from django.db import connection

    print(json.dumps(fill(int(arguments[0]), int(arguments[1]))))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")  # so that no request is charged with writing all of that to disk


if __name__ == "__main__":
    main(sys.argv[1:])

"""Six people of one account who differ in whatever a filter can ask for, and what each of them shows."""

from typing import Any

from accounts.audit.audit import OPERATOR
from accounts.models import Account, User
from accounts.provisioning import provisioning
from accounts.users import users
from scim.attributes import ENTERPRISE
from scim.users.resources import to_record, to_resource

_MANAGER = "26118915-6090-4610-87e4-49d8ca9f808d"

DOCUMENTS: tuple[dict[str, Any], ...] = (
    {
        "userName": "Ann@acme.example",
        "externalId": "00u1abc",
        "name": {"givenName": "Ann", "familyName": "Lee", "middleName": "Q"},
        "displayName": "Ann Lee",
        "title": "Engineer",
        "emails": [
            {"value": "Ann@acme.example", "type": "work", "primary": True},
            {"value": "ann@home.example", "type": "home"},
        ],
        "phoneNumbers": [{"value": "+49 30 1", "type": "work"}, {"value": "+33 1", "type": "mobile", "primary": True}],
        ENTERPRISE: {"department": "R&D", "employeeNumber": "9", "manager": {"value": _MANAGER}},
    },
    {
        "userName": "bo",
        "externalId": "00U1ABC",
        "name": {"givenName": "Bo", "formatted": "Bo the Great"},
        "emails": [{"value": "bo@acme.example", "primary": True}],
        "active": False,
        "locale": "de-DE",
    },
    {
        "userName": '100%_Real\\"Zoë',
        "name": {"familyName": "ÉTÉ"},
        "title": "engineer",
        "emails": [
            {"value": "zoe@two.example", "type": "home"},
            {"value": "zoe@acme.example", "type": "Work", "primary": True},
        ],
        ENTERPRISE: {"department": "Ops", "costCenter": "R"},
    },
    {"userName": "dora@acme.example", "timezone": "Europe/Paris", "preferredLanguage": "fr"},
    {"userName": "nobody", "displayName": "été", "phoneNumbers": [{"value": "100", "type": "work"}]},
)


def populate(account: Account) -> list[User]:
    """The people above, and Fay, who was created by a login and never provisioned."""
    people = [provisioning.provision(account, to_record(document), acting=OPERATOR) for document in DOCUMENTS]
    people.append(users.create_from_login(account, "Fay@acme.example", acting=OPERATOR))
    account.refresh_from_db()
    return people


def shown(account: Account) -> dict[str, dict[str, Any]]:
    """Every resource of the account under its userName."""
    people = User.objects.in_account(account).filter(erased_at=None)
    resources = [to_resource(user, "https://torque.example/api/scim") for user in people]
    return {resource["userName"]: resource for resource in resources}

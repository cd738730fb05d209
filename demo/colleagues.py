"""Users of the demo account Acme in every state, so that no list is empty when somebody opens it.

Made with the services of the product, in one transaction; logins of the past are written into the database. None of
them is known to the stand-in provider, whose own people are created when they first sign in.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from django.db import transaction
from django.utils import timezone

from demo.company import DEVELOPERS, DOMAIN, GROUPS, OPERATIONS, TESTERS

# Users who signed in through Okta: name, time zone, IdP group, days since the last login.
CAME_BY_SSO = (
    ("Amara Okafor", "Africa/Lagos", DEVELOPERS, 0),
    ("Anders Lindqvist", "Europe/Stockholm", DEVELOPERS, 0),
    ("Beatriz Moreno", "Europe/Madrid", DEVELOPERS, 1),
    ("Chen Wei", "Asia/Shanghai", TESTERS, 1),
    ("Clara Fischer", "Europe/Berlin", OPERATIONS, 1),
    ("Daniel Kim", "Asia/Seoul", DEVELOPERS, 2),
    ("Elif Kaya", "Europe/Istanbul", TESTERS, 3),
    ("Giulia Conti", "Europe/Rome", DEVELOPERS, 3),
    ("Henrik Dahl", "Europe/Copenhagen", OPERATIONS, 5),
    ("Isabel Santos", "America/Sao_Paulo", DEVELOPERS, 6),
    ("Jonas Weber", "Europe/Zurich", DEVELOPERS, 8),
    ("Kavya Nair", "Asia/Kolkata", TESTERS, 12),
    ("Liam Byrne", "Europe/Dublin", DEVELOPERS, 20),
    ("Mei Tanaka", "Asia/Tokyo", DEVELOPERS, 33),
    ("Noah Martin", "America/Toronto", OPERATIONS, 47),
    ("Olivia Hughes", "Europe/London", TESTERS, 96),
    ("Pavel Dvorak", "Europe/Prague", DEVELOPERS, 131),
)
WAITING = ("Rosa Jensen", "Samir Aziz", "Tomas Varga", "Uma Patel", "Viktor Popov")
CONTRACTORS = ("Wanda Kowalska", "Xavier Dupont")
GONE = ("Yara Haddad", "Zoe Papadaki", "Marco Rossi")
SPACES = {
    "Payments": "Cards, invoices and everything that moves money.",
    "Mobile App": "The app for iOS and Android, and its services.",
    "Data Platform": "Pipelines, the warehouse and what is learned from them.",
    "DevOps": "Clusters, releases and who is on call.",
    "QA": "Test environments, made fresh every night.",
    "Trial": "To try things out. Cleared at the end of the month.",
}
SEEN_IN_LOGINS = ("Finance", "Leads")  # groups of the directory that nothing here is mapped to


@transaction.atomic
def invite(account_name: str) -> None:
    """Add the users, once the account and its connection "Okta" are there. A second call changes nothing."""
    from accounts.audit.audit import OPERATOR
    from accounts.models import Account, User
    from accounts.users.users import update_profile

    account = Account.objects.get(name=account_name)
    if User.objects.in_account(account).filter(email=_email(CONTRACTORS[0])).exists():
        return
    update_profile(User.objects.get(account=account, email=f"alice@{DOMAIN}"), _names("Alice Adler"), acting=OPERATOR)
    _make_places(account)
    for place, (name, zone, group, days) in enumerate(CAME_BY_SSO):
        came = timezone.now() - timedelta(days=days, hours=place * 5 % 9, minutes=1 + place * 37 % 60)
        _came_by_sso(account, name, zone, group, came, tuple(SPACES)[place % len(SPACES)])
    _was_refused(account)
    _make_others(account)
    _make_programs(account)


def _email(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@{DOMAIN}"


def _names(name: str) -> dict[str, str]:
    first, _, last = name.partition(" ")
    return {"first_name": first, "last_name": last}


def _subject(name: str) -> str:
    """Return an id in the form of Okta's user ids."""
    return f"00u{uuid5(NAMESPACE_DNS, _email(name)).hex[:17]}"


def _make_places(account: Any) -> None:
    from accounts.audit.audit import OPERATOR
    from accounts.groups.groups import create_group
    from accounts.permissions import Permission
    from accounts.roles.custom_roles import RoleDraft
    from accounts.roles.roles import create_account_role
    from spaces.spaces import create_space, update_space

    for name, description in SPACES.items():
        space, _ = create_space(account, name, acting=OPERATOR)
        update_space(space, name, description, acting=OPERATOR)
    for draft in (
        RoleDraft("Team Lead", "Creates and deprovisions users.", frozenset({Permission.MANAGE_USERS})),
        RoleDraft("Auditor", "Reads the audit log and changes nothing.", frozenset({Permission.VIEW_AUDIT_LOG})),
    ):
        create_account_role(account, draft, acting=OPERATOR)
    create_group(account, "Contractors", acting=OPERATOR, description="Users of other companies, added by hand.")


def _came_by_sso(account: Any, name: str, zone: str, group_name: str, came: datetime, space_name: str) -> None:
    from accounts.audit.audit import Actor
    from accounts.login_records import new_reference
    from accounts.models import Connection, ExternalIdentity, Group, GroupMembership, LoginRecord, User
    from accounts.users.users import create_from_login, update_profile
    from spaces.models import Space, SpaceMembership, SpaceRole

    okta = Connection.objects.get(account=account, name="Okta")
    user = create_from_login(account, _email(name), acting=Actor("Okta (login)"))
    update_profile(user, {**_names(name), "timezone": zone}, acting=Actor("Okta (login)"))
    User.objects.filter(pk=user.pk).update(last_login=came)
    arrived = {"group_ids": [GROUPS[group_name], *SEEN_IN_LOGINS[: 1 + came.day % 2]], "subject": _subject(name)}
    identity = ExternalIdentity.objects.create(
        account=account, connection=okta, user=user, issuer=okta.idp_entity_id, last_login_at=came, **arrived
    )
    group, space = (
        Group.objects.get(account=account, name=group_name),
        Space.objects.get(account=account, name=space_name),
    )
    role = SpaceRole.objects.get(account=account, name="Space Developer" if came.day % 3 else "Space Member")
    whose = {"account": account, "user": user, "connection": okta, "origin": "idp"}
    GroupMembership.objects.create(group=group, **whose)
    SpaceMembership.objects.create(space=space, role=role, **whose)
    decisions = [f"Space '{space}': role '{role}'.", f"Group '{group}': joined."]
    known = {"account": account, "connection": okta, "user": user, "identity": identity, "email": user.email}
    login = LoginRecord(reference=new_reference(), outcome="signed-in", decisions=decisions, **known, **arrived)
    login.save()
    LoginRecord.objects.filter(pk=login.pk).update(at=came, clock_difference=-1)
    Connection.objects.filter(pk=okta.pk, groups_seen_at=None).update(groups_seen_at=came)


def _was_refused(account: Any) -> None:
    """Add a refused login: a sign-in page that was left open for too long."""
    from accounts.login_records import record_refusal
    from accounts.models import Connection, LoginRecord
    from accounts.sso.refusal import LoginRefused

    okta, at = Connection.objects.get(account=account, name="Okta"), timezone.now() - timedelta(hours=3)
    began = f"an answer until {at - timedelta(minutes=50):%H:%M:%S} UTC"
    refusal = LoginRefused("sign-in-expired", began, f"one at {at:%H:%M:%S} UTC")
    record = record_refusal(okta, refusal.code, str(refusal), email=_email(CAME_BY_SSO[0][0]))
    LoginRecord.objects.filter(pk=record.pk).update(at=at)


def _make_others(account: Any) -> None:
    """Add pending users, users with a password, and deprovisioned ones."""
    from accounts.audit.audit import OPERATOR, Actor
    from accounts.deprovisioning import end_access
    from accounts.deprovisioning.cleanup import finish
    from accounts.groups.members import add_member
    from accounts.models import Group
    from accounts.users import users

    okta = Actor("API token 'Okta provisioning'")
    for name in WAITING:
        users.provision_pending(account, _email(name), acting=okta, **_names(name))
    contractors = Group.objects.get(account=account, name="Contractors")
    for name in CONTRACTORS:
        person = users.create_password_user(account, _email(name), None, acting=OPERATOR, **_names(name))
        add_member(contractors, person, acting=OPERATOR)
    for name in GONE:
        person = users.provision_pending(account, _email(name), acting=okta, **_names(name))
        end_access.deprovision(person.pk, account, acting=okta)
        finish(person.pk)


def _make_programs(account: Any) -> None:
    """Add the provisioning token and its latest requests."""
    from accounts.audit.audit import OPERATOR
    from accounts.tokens.tokens import issue_service_token
    from scim.models import ProvisioningRequest

    issue_service_token(account, "Okta provisioning", ["Manage Users"], acting=OPERATOR)
    requests = [("POST", 201, f"Okta created {_email(name)}") for name in WAITING]
    requests += [("PATCH", 200, f"Okta deactivated {_email(name)}") for name in GONE]
    requests += [("POST", 409, f"Okta tried to create {_email(WAITING[0])}, who exists already")]
    requests += [("GET", 200, f"Okta looked for {_email(name)}") for name, *_ in CAME_BY_SSO[:6]]
    ProvisioningRequest.objects.bulk_create(_request(account, number, *line) for number, line in enumerate(requests))


def _request(account: Any, number: int, method: str, status: int, sentence: str) -> Any:
    from scim.models import ProvisioningRequest

    return ProvisioningRequest(
        account=account,
        at=timezone.now() - timedelta(hours=number * 5, minutes=number * 11),
        token_name="Okta provisioning",
        client="Okta",
        method=method,
        path="/api/scim/v2/Users",
        sentence=sentence,
        status=status,
        duration_ms=9 + number % 7,
        body=None,
    )

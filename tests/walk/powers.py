"""Whom or what each address acts on, and what it is asked with: one row for every address that changes something.

`test_powers` asks each as people with different permissions, about targets with different permissions.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from accounts.audit.audit import OPERATOR
from accounts.groups import groups
from accounts.groups import members as group_members
from accounts.models import (
    Account,
    AccountRole,
    ApiToken,
    Connection,
    ExternalIdentity,
    Group,
    HeldDeparture,
    SignedInSession,
    User,
)
from accounts.models.identity import ConnectionState
from accounts.permissions import Permission
from accounts.tokens import tokens
from accounts.users import users
from tests.support.secrets_in_logs import secret
from tests.walk.objects import PASSWORD

CONFIRMED = {"confirmed": "yes"}


@dataclass(frozen=True)
class Asked:
    """Parts of the address, and what is posted."""

    parts: Mapping[str, Any]
    fields: Mapping[str, Any]


Act = Callable[[Any], Asked]


def role_with(account: Account, *permissions: str) -> AccountRole:
    """An unused account role with exactly these permissions."""
    name = f"Role {uuid4()}"
    role: AccountRole = AccountRole.objects.create(account=account, name=name, permissions=sorted(permissions))
    return role


def group_with(account: Account, *permissions: str, members: tuple[User, ...] = ()) -> Group:
    """A group that gives exactly these permissions."""
    name = f"Group {uuid4()}"
    role = role_with(account, *permissions) if permissions else None
    group, _ = groups.create_group(account, name, acting=OPERATOR, account_role=role)
    group_members.add_members(group, members, acting=OPERATOR)
    return group


def token_of(account: Account, user: User | None, *permissions: str) -> ApiToken:
    if user is None:
        made, text = tokens.issue_service_token(account, "walked", permissions, acting=OPERATOR)
    else:
        made, text = tokens.issue_token(user, "walked", permissions, acting=OPERATOR)
    secret(text)
    return made


def _about(user: User, **fields: Any) -> Asked:
    return Asked({"user_id": user.pk}, fields)


def _chosen(user: User, **fields: Any) -> Asked:
    return Asked({}, {"person": [user.pk], **CONFIRMED, **fields})


def _session(user: User) -> Asked:
    now = timezone.now()
    row = SignedInSession.objects.create(
        account_id=user.account_id, user=user, key_digest="w" * 64, last_seen_at=now, ends_at=now + timedelta(hours=1)
    )
    return Asked({"user_id": user.pk, "session_id": row.pk}, {})


def _all_sessions(user: User) -> Asked:
    _session(user)
    return _about(user, **CONFIRMED)


def _own_token(user: User) -> Asked:
    # Provisioned people have none; a row stands for one that was made before.
    row = ApiToken.objects.create(account_id=user.account_id, user=user, name="w", prefix="tsso_", digest="w" * 64)
    return Asked({"user_id": user.pk, "token_id": row.pk}, CONFIRMED)


def _held(user: User) -> Asked:
    HeldDeparture.objects.in_account(user.account_id).delete()
    HeldDeparture.objects.create(account_id=user.account_id, user=user, asked_by="Okta")
    return _about(user, **CONFIRMED)


def _all_held(user: User) -> Asked:
    return Asked({}, _held(user).fields)


def _in_a_group(user: User) -> Asked:
    return Asked({"user_id": user.pk, "group_id": group_with(user.account, members=(user,)).pk}, CONFIRMED)


def _identity(user: User) -> ExternalIdentity:
    connection = Connection.objects.in_account(user.account_id).filter(state=ConnectionState.LIVE).first()
    owned = {"account_id": user.account_id, "connection": connection, "user": user}
    row: ExternalIdentity = ExternalIdentity.objects.create(subject=str(uuid4()), issuer="walked", **owned)
    return row


def _own_identity(user: User) -> Asked:
    return Asked({"user_id": user.pk, "identity_id": _identity(user).pk}, CONFIRMED)


def _all_identities(user: User) -> Asked:
    _identity(user)
    return _chosen(user)


# The target is a user.
ON_A_USER: dict[str, Act] = {
    "change-account-role": lambda user: _about(user, role=role_with(user.account).pk),
    "change-identifiers": lambda user: _about(user, email="renamed@acme.example", user_name="renamed"),
    "add-to-group": lambda user: _about(user, group=group_with(user.account).name),
    "remove-from-group": _in_a_group,
    "remove-group-user": _in_a_group,
    "group-users": lambda user: Asked({"group_id": group_with(user.account).pk}, {"emails": user.email}),
    "deprovision-user": lambda user: _about(user, **CONFIRMED),
    "end-session-of-user": _session,
    "remove-identity": _own_identity,
    "remove-identities-of-selected": _all_identities,
    "end-sessions-of-user": _all_sessions,
    "revoke-token-of-user": _own_token,
    "make-password-link": lambda user: _about(user, **CONFIRMED),
    "join-selected": lambda user: _chosen(user, group=group_with(user.account).name),
    "deprovision-selected": _chosen,
    "deprovision-held": _held,
    "keep-held": _held,
    "deprovision-all-held": _all_held,
    "keep-all-held": _all_held,
}
# Only people who sign in with a password have a link, and only active ones have tokens.
NOT_FOR_PENDING = {"make-password-link", "revoke-token-of-user"}

# The target is a group.
ON_A_GROUP: dict[str, Act] = {
    "group": lambda group: Asked({"group_id": group.pk}, {"name": "Renamed", "idp_identifier": "walked"}),
    "delete-group": lambda group: Asked({"group_id": group.pk}, CONFIRMED),
    "set-group-account-role": lambda group: Asked({"group_id": group.pk}, {"account_role": "", **CONFIRMED}),
}

# The target is an account role that nobody has.
ON_A_ROLE: dict[str, Act] = {
    "account-role-edit": lambda role: Asked({"role_id": role.pk}, {"name": "Renamed", "permissions": role.permissions}),
    "account-role-delete": lambda role: Asked({"role_id": role.pk}, CONFIRMED),
    "set-group-account-role": lambda role: Asked(
        {"group_id": group_with(role.account).pk}, {"account_role": role.pk, **CONFIRMED}
    ),
    "change-account-role": lambda role: _about(
        users.create_password_user(role.account, "plain@acme.example", PASSWORD, acting=OPERATOR), role=role.pk
    ),
    "api-long-tokens": lambda role: Asked({}, {"name": "walked", "permissions": role.permissions}),
    "new-user": lambda role: Asked({}, {"email": "fresh@acme.example", "account_role": role.pk, "way_in": "announced"}),
}

# The target is a service token.
ON_A_TOKEN: dict[str, Act] = {
    "revoke-token": lambda token: Asked({"token_id": token.pk}, CONFIRMED),
    "revoke-provisioning-token": lambda token: Asked({"token_id": token.pk}, CONFIRMED),
    "api-long-token": lambda token: Asked({"token_id": token.pk}, {}),
}

# REST addresses are open to everybody who is signed in; beyond one's own they ask for this. None: for nothing.
BEYOND_ONES_OWN = {"api-long-token": Permission.MANAGE_USERS, "api-long-tokens": None}
METHODS = {"api-long-token": "DELETE"}

# The actor needs all account permissions, whatever the target: they decide who can sign in.
ACCOUNT_ADMINS_ONLY = {
    "connection-enable",
    "connection-draft-publish",
    "connection-domains",
    "connection-allow",
    "connection-people",
    "connection-move-start",
    "connection-move-finish",
    "connection-move-back",
    "dismiss-request",
}

_OWN = "one's own only"
_CONSENT = "each case is in tests/accounts/connections/test_consent.py: here it would have nothing to decide"
_PLACE = "a role in a space is no account permission"
_PREPARES = "prepares; it takes effect when an account admin publishes or enables it"
# Key of the address -> why the permission for the page is enough.
THE_PAGE_IS_ENOUGH: dict[str, str] = {
    "end-session": _OWN,
    "end-other-sessions": _OWN,
    "new-own-token": f"{_OWN}; the form offers one's own permissions",
    "revoke-own-token": _OWN,
    "place-selected": _PLACE,
    "place-user": _PLACE,
    "take-out-of-space": _PLACE,
    "space-place": _PLACE,
    "space-member": _PLACE,
    "space-take-out": _PLACE,
    "space-new": _PLACE,
    "space-edit": _PLACE,
    "space-delete": _PLACE,
    "space-role-new": _PLACE,
    "space-role-edit": _PLACE,
    "space-role-delete": _PLACE,
    "add-group-space-role": f"{_PLACE}; of groups that give more, see tests/spaces/test_group_roles.py",
    "remove-group-space-role": f"{_PLACE}; of groups that give more, see tests/spaces/test_group_roles.py",
    "restore-user": "a deprovisioned user has no permission, and comes back as Account Member",
    "new-group": "gives nothing yet",
    "account-role-new": "the form offers one's own permissions; tests/accounts/roles/test_roles.py asks for more",
    "new-token": "the form offers one's own permissions",
    "new-service-token": "gives Manage Users, which the page asks for",
    "provisioning-self-test": "of a person made for it",
    "provisioning-settings": "gives nobody anything",
    "what-if": "nothing is saved",
    "new-connection": _PREPARES,
    "connection-disable": "ends access, gives none",
    "connection-delete": "ends access, gives none",
    "connection-metadata-refuse": "changes nothing",
    "connection-draft-throw-away": "changes nothing that is live",
    "connection-provider": _PREPARES,
    "connection-attributes": _PREPARES,
    "connection-certificates": _PREPARES,
    "connection-certificate-remove": _PREPARES,
    "connection-secret": _PREPARES,
    "connection-secret-remove": _PREPARES,
    "connection-client-key": _PREPARES,
    "connection-client-key-use": _PREPARES,
    "connection-domain-subdomains": "needs an account admin to include them; leaving them out ends access",
    "connection-domain-remove": "ends access, gives none",
    "lifetimes": "gives nobody anything",
    "change-password": _OWN,
    "connection-ask": "only asks",
    "connection-certificate-own-replace": "our key signs requests; nobody signs in by it",
    "connection-general": f"its name; {_CONSENT}",
    "connection-read-again": _CONSENT,
    "connection-metadata-approve": _CONSENT,
    "connection-domain-check": _CONSENT,
    "enforce-sso": _CONSENT,
    "new-recovery-codes": _CONSENT,
    "lift-enforcement": _CONSENT,
}
EVERY_TABLE = (ON_A_USER, ON_A_GROUP, ON_A_ROLE, ON_A_TOKEN, ACCOUNT_ADMINS_ONLY, THE_PAGE_IS_ENOUGH)
ALL = frozenset(map(str, Permission))

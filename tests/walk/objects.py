"""One object of every kind in an account, each with the account's name in every text of its own."""

from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from accounts.audit import audit
from accounts.audit.audit import OPERATOR
from accounts.connections import connections
from accounts.deprovisioning import end_access
from accounts.groups import groups
from accounts.groups import members as group_members
from accounts.models import (
    Account,
    AccountRole,
    Alert,
    ApiToken,
    AuditEntry,
    Connection,
    ConnectionDraft,
    ConnectionMove,
    EmailDomain,
    ExternalIdentity,
    Group,
    HeldDeparture,
    LoginRecord,
    SignedInSession,
    SignInTransaction,
    User,
)
from accounts.models.work import AlertKind
from accounts.passwords.links import set_password_url
from accounts.permissions import ACCOUNT_ADMIN
from accounts.sso import transactions
from accounts.tokens import tokens
from accounts.users import users
from common.encryption import Sealed
from scim.models import ProvisioningRequest
from spaces.group_roles import give_space_roles
from spaces.models import GroupSpaceRole, Space, SpaceMembership, SpaceRole
from spaces.placing import place_user
from spaces.sign_in_rules import version_of
from spaces.space_roles import ensure_space_role
from spaces.spaces import create_space, space_role_named
from spaces.tenancy import open_account
from tests.support.factories import oidc_connection, saml_connection
from tests.support.saml_keys import key_pair

PASSWORD = "correct horse battery staple"


@dataclass(frozen=True)
class Things:
    """The names of the fields are what `rows.Row.ids` speaks of. All persons but `admin` have no permission."""

    account: Account
    admin: User
    member: User
    pending: User
    deprovisioned: User
    space: Space
    space_role: SpaceRole
    membership: SpaceMembership
    account_role: AccountRole
    group: Group
    mapped_group: Group
    group_space_role: GroupSpaceRole
    connection: Connection
    oidc_connection: Connection
    oidc_keys: Connection  # with two keys of its own
    lost_key: Connection  # its private key cannot be read
    draft: Connection
    redrafted: Connection
    connection_draft: ConnectionDraft
    move: ConnectionMove
    domain: EmailDomain
    unverified_domain: EmailDomain
    token: ApiToken
    service_token: ApiToken
    session: SignedInSession
    member_session: SignedInSession
    identity: ExternalIdentity
    login: LoginRecord
    transaction: SignInTransaction
    audit_entry: AuditEntry
    provisioning_request: ProvisioningRequest
    alert: Alert
    admin_request: Alert
    held_departure: HeldDeparture
    link_token: str

    @property
    def account_slug(self) -> str:
        return self.account.slug

    @property
    def reference(self) -> str:
        return self.login.reference

    @property
    def to_enable(self) -> dict[str, str]:
        return {"version": version_of(self.draft), "confirmed": "yes"}

    def key(self, kind: str) -> Any:
        """What stands in an address for the object of that kind: its id, or the text itself."""
        found = getattr(self, kind)
        return found if isinstance(found, str) else found.pk

    def keys(self) -> set[UUID]:
        return {self.key(field.name) for field in fields(self)} - {self.link_token}


def make_things(name: str) -> Things:
    """An account of that name with one of everything."""
    account, _ = open_account(name, acting=OPERATOR)
    return Things(**{**_people(account), **_places(account), **_sign_ins(account)})


def _people(account: Account) -> dict[str, Any]:
    slug = account.slug
    roles = AccountRole.objects.in_account(account)
    custom = AccountRole.objects.create(account=account, name=f"{account} Auditor", description=f"{account} reads.")
    admin = users.create_password_user(
        account, f"admin@{slug}.example", PASSWORD, acting=OPERATOR, account_role=roles.get(name=ACCOUNT_ADMIN)
    )
    member = users.create_password_user(
        account, f"member@{slug}.example", PASSWORD, acting=OPERATOR, first_name=f"{account} Bo", last_name=f"{account}"
    )
    pending = users.provision_pending(account, f"pending@{slug}.example", acting=OPERATOR, last_name=f"{account}")
    deprovisioned = users.provision_pending(
        account, f"deprovisioned@{slug}.example", acting=OPERATOR, last_name=f"{account}"
    )
    return {
        "account": account,
        "admin": admin,
        "member": member,
        "pending": pending,
        "deprovisioned": end_access.deprovision(deprovisioned.pk, account, acting=OPERATOR),
        "account_role": custom,
        "token": tokens.issue_token(admin, f"{account} CI", [], acting=OPERATOR)[0],
        "service_token": tokens.issue_service_token(account, f"{account} Okta", ["Manage Users"], acting=OPERATOR)[0],
        "link_token": set_password_url(member).rpartition("/")[2],
        "held_departure": HeldDeparture.objects.create(account=account, user=pending, asked_by=f"{account} Okta"),
        "session": _session(admin),
        "member_session": _session(member),
    }


def _session(user: User) -> SignedInSession:
    now = timezone.now()
    return SignedInSession.objects.create(
        account_id=user.account_id,
        user=user,
        key_digest=f"{user.email:x<64}",
        last_seen_at=now,
        ends_at=now + timedelta(hours=8),
        user_agent=f"{user.account} browser",
    )


def _places(account: Account) -> dict[str, Any]:
    member = User.objects.in_account(account).get(email=f"member@{account.slug}.example")
    space, _ = create_space(account, f"{account} Trial", acting=OPERATOR)
    role, _ = ensure_space_role(account, f"{account} Release Manager", acting=OPERATOR)
    group, _ = groups.create_group(account, f"{account} Friends", acting=OPERATOR, description=f"Of {account}.")
    mapped, _ = groups.create_group(account, f"{account} Devs", acting=OPERATOR, idp_identifier=f"{account}-devs")
    give_space_roles(mapped, [(space, role)], acting=OPERATOR)
    give_space_roles(group, [(space, space_role_named(account, "Space Member"))], acting=OPERATOR)
    place_user(member, space, role, acting=OPERATOR)
    group_members.add_member(group, member, acting=OPERATOR)
    group_members.add_member(mapped, member, acting=OPERATOR)
    return {
        "space": space,
        "space_role": role,
        "membership": SpaceMembership.objects.get(user=member),
        "group": group,
        "mapped_group": mapped,
        "group_space_role": GroupSpaceRole.objects.get(group=group),
    }


def _sign_ins(account: Account) -> dict[str, Any]:
    slug, name = account.slug, str(account)
    verified = connections.claim_verified_domain(account, f"{slug}.example", acting=OPERATOR)
    certificate, own = key_pair("okta").certificate, key_pair("torque")
    okta = saml_connection(
        account,
        name=f"{name} Okta",
        idp_entity_id=f"https://{slug}.okta.example",
        sso_url=f"https://{slug}.okta.example/sso",
        slo_url=f"https://{slug}.okta.example/slo",
        idp_certificates=certificate,
        sp_private_key=own.private_pem,
        sp_certificate=own.certificate,
    )
    entra = oidc_connection(account, name=f"{name} Azure", tenant_id=f"{slug}-tenant")
    redrafted = saml_connection(account, name=f"{name} redrafted", idp_certificates=certificate)
    lost = saml_connection(account, name=f"{name} lost", sp_private_key=Sealed("s1.00000000.AAAA"))
    moved = {"sso_url": f"https://{slug}.moved.example/sso"}
    member = User.objects.in_account(account).get(email=f"member@{slug}.example")
    now = timezone.now()
    return {
        "domain": verified,
        "unverified_domain": EmailDomain.objects.create(account=account, domain=f"{slug}-wish.example"),
        "connection": okta,
        "oidc_connection": entra,
        "oidc_keys": oidc_connection(
            account,
            name=f"{name} keys",
            client_auth="private_key",
            sp_private_key=own.private_pem,
            sp_certificate=own.certificate,
            next_private_key=own.private_pem,
            next_certificate=own.certificate,
        ),
        "lost_key": lost,
        "move": ConnectionMove.objects.create(
            account=account, source=lost, target=redrafted, started_at=now, started_by=f"{name} admin"
        ),
        "draft": saml_connection(account, name=f"{name} draft", state="draft", idp_certificates=certificate),
        "redrafted": redrafted,
        "connection_draft": ConnectionDraft.objects.create(account=account, connection=redrafted, changes=moved),
        "identity": ExternalIdentity.objects.create(
            account=account, connection=okta, user=member, subject=f"{name}-00u1", issuer=okta.idp_entity_id
        ),
        "login": LoginRecord.objects.create(
            account=account,
            connection=okta,
            user=member,
            reference=f"{name[:4].upper()}-1234",
            outcome="signed-in",
            email=member.email,
            subject=f"{name}-00u1",
            decisions=[f"{name} Trial: given."],
            group_ids=[f"{name}-seen-and-not-mapped"],
        ),
        "transaction": transactions.open_sign_in(okta, "/").row,
        "audit_entry": audit.record(OPERATOR, "space.created", okta, {"name": [None, name]}, label=f"{name} entry"),
        "provisioning_request": ProvisioningRequest.objects.create(
            account=account,
            at=now,
            token_name=f"{name} Okta",
            client="Okta",
            method="POST",
            path=f"/api/scim/Users?{slug}",
            sentence=f"Okta announced {member.email}",
            status=201,
            duration_ms=12,
            body={"userName": member.email},
        ),
        "alert": Alert.objects.create(account=account, kind=AlertKind.TOKEN_EXPIRY, subject="x", sentence=f"{name}!"),
        "admin_request": Alert.objects.create(
            account=account,
            kind=AlertKind.ADMIN_ASKED,
            subject=f"{entra.pk} general",
            sentence=f"Somebody of {name} asks.",
        ),
    }

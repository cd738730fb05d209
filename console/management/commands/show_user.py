"""`show_user ACCOUNT EMAIL`: a user with rights, identities and former access."""

from typing import Any

from accounts.models import ExternalIdentity, FormerAccess, User
from console.management.base import UserCommand, account_named, user_with_email
from spaces.models import SpaceMembership
from spaces.rights import rights_of


class Command(UserCommand):
    help = "Show a user: state, spaces, groups, effective rights, identities."

    def run(self, *, account: str, email: str, **options: Any) -> dict[str, Any]:
        user = user_with_email(account_named(account), email)
        rights = rights_of(user)
        return {
            "id": str(user.id),
            "email": user.email,
            "first_name": user.first_name,
            "last_name": user.last_name,
            "timezone": user.timezone,
            "state": user.state,
            "origin": user.origin,
            "account_role": rights.account_role,
            "spaces": _own_spaces(user),
            "groups": [
                {"group": g.group, "idp_identifier": g.idp_identifier, "origin": g.origin} for g in rights.groups
            ],
            "effective_spaces": [{"space": s.space, "roles": list(s.roles)} for s in rights.spaces],
            "identities": _identities(user),
            "former_access": _former_access(user),
            "last_login": user.last_login.isoformat() if user.last_login else None,
        }


def _own_spaces(user: User) -> list[dict[str, str]]:
    own = SpaceMembership.objects.in_account(user.account_id).filter(user=user).select_related("space", "role")
    return [{"space": m.space.name, "role": m.role.name, "origin": m.origin} for m in own.order_by("space__name")]


def _identities(user: User) -> list[dict[str, str]]:
    found = ExternalIdentity.objects.in_account(user.account_id).filter(user=user).select_related("connection")
    return [
        {"connection": identity.connection.name, "subject": identity.subject, "issuer": identity.issuer}
        for identity in found.order_by("created_at")
    ]


def _former_access(user: User) -> dict[str, Any] | None:
    noted = FormerAccess.objects.in_account(user.account_id).filter(user=user).first()
    if noted is None:
        return None
    kept = {"account_role": noted.account_role, "spaces": noted.spaces, "groups": noted.groups, "tokens": noted.tokens}
    return {"ended_at": noted.ended_at.isoformat(), **kept}

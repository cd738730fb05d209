"""Users who may not be deprovisioned or demoted: the last account admin (R19), the owner of the token in use (R40)."""

from django.db import transaction

from accounts import alerts
from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.errors import ActionRefused
from accounts.models import AccountRole, User
from accounts.models.user import UserState
from accounts.models.work import AlertKind
from accounts.permissions import ACCOUNT_ADMIN
from accounts.rights import account_admins, check_may_act_on, is_admin_by_own_role, is_admin_role


class Protected(ActionRefused):
    """Nobody may do this to this user (SCIM 403). With `target`, the refusal is recorded: see `remember`."""

    def __init__(self, code: str, sentence: str, target: User | None = None, acting: Actor | None = None) -> None:
        super().__init__(code, sentence)
        self.target = target
        self.acting = acting


class OwnToken(Protected):
    """Provisioning asked to remove the owner of the very token it came with, and would lock itself out."""


def check_may_deprovision(user: User, acting: Actor) -> None:
    """Check that the access of this locked user may end. Raises Protected and PermissionsExceeded.

    Provisioning may end the access of every user but the last admin, whatever their permissions: people really leave.
    """
    if not acting.automatic:
        check_may_act_on([user], acting)
    elif acting.user_id == user.pk and user.state != UserState.DEPROVISIONED:
        raise OwnToken(
            "token-owner",
            f"Expected a user other than {user}, who owns the token that this request came with: provisioning would"
            " end with their access. Make a service token in Torque, or a token of another user, and put it into the"
            " identity provider first.",
            user,
            acting,
        )
    if is_admin_by_own_role(user) and _is_last_admin(user):
        raise Protected(
            "last-admin",
            f"{user} is the last account admin, who cannot be removed. Make somebody else an account admin first.",
            user,
            acting,
        )


def check_may_be_demoted(user: User, role: AccountRole, acting: Actor) -> None:
    """Check that this locked user may have that role instead of their own. Raises Protected."""
    if is_admin_by_own_role(user) and not is_admin_role(role) and _is_last_admin(user):
        raise Protected(
            "last-admin",
            f"{user} is the last account admin, who keeps this role; received '{role}'."
            " Make somebody else an account admin first.",
            user,
            acting,
        )


def _is_last_admin(user: User) -> bool:
    """Whether no other active admin is left. The user's row is locked already.

    Two admins who remove each other at the same time take turns at the role's row, and the second sees what the first
    did. Rows of other admins stay unlocked, or those two would wait for each other; so does the account's, which an
    erasure locks before the user. Giving the role to a user does not wait (`no_key`).
    """
    if user.state != UserState.ACTIVE:
        return False
    roles = AccountRole.objects.in_account(user.account_id).filter(name=ACCOUNT_ADMIN)
    roles.select_for_update(no_key=True).only("id").get()
    return not account_admins(user.account_id).exclude(pk=user.pk).exists()


@transaction.atomic
def remember(refusal: Exception) -> None:
    """Record an attempt to remove a protected user. For interfaces, after the refused transaction is rolled back."""
    if not isinstance(refusal, Protected) or refusal.target is None or refusal.acting is None:
        return
    user, sentence = refusal.target, str(refusal)
    audit.record(refusal.acting, "user.protected", user, {"refused": [None, sentence]})
    if isinstance(refusal, OwnToken):
        alerts.raise_alert(user.account_id, AlertKind.TOKEN_OWNER, str(user.pk), sentence)

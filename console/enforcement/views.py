"""Enforce SSO: readiness and affected users, enforcement with recovery codes, and lifting it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_POST, require_safe

from accounts.connections import enforcement as service
from accounts.connections.domains.owners import owners_of
from accounts.connections.domains.sign_in_choices import domain_of
from accounts.models import Account, ExternalIdentity, User
from accounts.models.identity import ConnectionState
from accounts.models.user import OWN_ROLE_IS_ADMIN
from accounts.passwords import policy as password_policy
from accounts.passwords import recovery_codes
from accounts.permissions import Permission
from accounts.rights import is_admin_by_own_role
from console.shared.confirming import Question, ask, is_confirmed
from console.shared.guards import account_of, acting, has_all_permissions, needs, person_of
from console.shared.refusals import refusal_as_message
from console.shared.words import counted

PAGE = "enforcement"
SHOWN = 50  # affected users

LINKED = "linked"  # known at a live connection
BY_EMAIL = "by-email"  # their first SSO login links them by email
NO_WAY_IN = "no-way-in"


@dataclass(frozen=True)
class AffectedUsers:
    """Users whose passwords stop working when SSO is enforced, each with a way to sign in afterwards, and admins who
    keep theirs: the first 50 by e-mail; the totals count all. Constant queries."""

    shut_out: list[tuple[User, str]]
    shut_out_total: int
    staying: list[User]
    staying_total: int

    @property
    def more_shut_out(self) -> int:
        return self.shut_out_total - len(self.shut_out)

    @property
    def more_staying(self) -> int:
        return self.staying_total - len(self.staying)


def affected_users(account: Account) -> AffectedUsers:
    live = ExternalIdentity.objects.in_account(account).filter(
        user=OuterRef("pk"), connection__state=ConnectionState.LIVE
    )
    affected = password_policy.shut_out(account)
    shown = affected.annotate(is_linked=Exists(live)).order_by("email_key")[:SHOWN]
    users = list(shown)
    owned = _found_by_email(account, users)
    admins = password_policy.of_account(account).filter(OWN_ROLE_IS_ADMIN)
    return AffectedUsers(
        shut_out=[(user, _way_in(user, owned)) for user in users],
        shut_out_total=affected.count(),
        staying=list(admins.order_by("email_key")[:SHOWN]),
        staying_total=admins.count(),
    )


def _way_in(user: User, owned: set[str]) -> str:
    if vars(user)["is_linked"]:
        return LINKED
    return BY_EMAIL if domain_of(user.email) in owned else NO_WAY_IN


def _found_by_email(account: Account, users: Iterable[User]) -> set[str]:
    """Return those of their domains by which a live connection may find users (`accounts.sso.login.matching`)."""
    owners = owners_of({domain_of(user.email) for user in users})
    return {domain for domain, owner in owners.items() if owner.account_id == account.pk and owner.has_live()}


@require_safe
@needs(Permission.MANAGE_SSO)
def enforcement(request: HttpRequest) -> HttpResponse:
    account = account_of(request)
    readiness = service.readiness(account)
    page = {
        "enforced_at": account.sso_enforced_at,
        "readiness": readiness,
        "is_ready": any(not one.lacking for one in readiness),
        "affected": affected_users(account),
        "is_admin": is_admin_by_own_role(person_of(request)),
        "may_lift": has_all_permissions(request),
        "codes_left": recovery_codes.left(account),
    }
    return render(request, "enforcement/enforcement.html", page)


@sensitive_variables("codes")
@require_POST
@needs(Permission.MANAGE_SSO)
def enforce(request: HttpRequest) -> HttpResponse:
    """Ask, with the names of the affected users; then enforce, and show the codes once, in this response."""
    account = account_of(request)
    if not is_confirmed(request):
        return ask(request, _enforce_question(request))
    with refusal_as_message(request):
        codes = service.enforce_sso(account, acting=acting(request))
        return _show(request, codes)
    return redirect(PAGE)


@sensitive_variables("codes")
@require_POST
@needs(Permission.MANAGE_SSO)
def new_codes(request: HttpRequest) -> HttpResponse:
    if not is_confirmed(request):
        sentences = ["All existing recovery codes are invalidated.", "The new codes are shown only once."]
        return ask(request, _question("Create new recovery codes?", sentences, "Create new codes"))
    with refusal_as_message(request):
        codes = recovery_codes.renew(account_of(request), acting=acting(request))
        return _show(request, codes)
    return redirect(PAGE)


@require_POST
@needs(Permission.MANAGE_SSO)
def lift(request: HttpRequest) -> HttpResponse:
    if not is_confirmed(request):
        users = counted(password_policy.shut_out(account_of(request)).count(), "user", "users")
        sentences = [
            f"{users} can sign in with a password again, as well as through the identity provider.",
            "Existing recovery codes are invalidated. To enforce SSO again, you need a new test login.",
        ]
        return ask(request, _question("Stop enforcing SSO?", sentences, "Stop enforcing SSO"))
    with refusal_as_message(request):
        if service.lift_enforcement(account_of(request), acting=acting(request)):
            messages.success(request, "SSO is no longer enforced. Passwords work again.")
    return redirect(PAGE)


def _enforce_question(request: HttpRequest) -> Question:
    affected = password_policy.shut_out(account_of(request))
    total = affected.count()
    sentences = [
        f"{counted(total, 'user', 'users')} can no longer sign in with a password, and their password sessions end.",
        "Account admins keep their password for emergencies. Each use is recorded in the audit log.",
        f"You get {recovery_codes.NUMBER} recovery codes. They are shown once, on the next page.",
    ]
    first = list(affected.order_by("email_key").values_list("email", flat=True)[:20])
    return Question("Enforce SSO?", sentences, "Enforce SSO", reverse(PAGE), first, total=total)


def _question(title: str, sentences: Sequence[str], button: str) -> Question:
    return Question(title, sentences, button, reverse(PAGE))


def _show(request: HttpRequest, codes: Sequence[str]) -> HttpResponse:
    return render(request, "enforcement/recovery_codes.html", {"codes": codes})

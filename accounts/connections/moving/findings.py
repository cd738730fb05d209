"""Who links in a move of people between connections, and who does not and why: one query, however many people.

The preview, the progress and the login itself ask the same query, so that what was shown is what happens.
"""

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Value, When

from accounts.models import ConnectionMove, EmailDomain, ExternalIdentity, User
from accounts.models.user import UserState
from accounts.rights import with_permissions


class Finding(models.TextChoices):
    """Of one person known at the source. The label is for lists; `ADVICE` says what to do."""

    LINKS = "links", "links at the next login"
    LINKED = "linked", "linked"
    DEPROVISIONED = "deprovisioned", "deprovisioned"
    NO_EMAIL = "no-email", "no email"
    NO_DOMAIN = "no-domain", "domain not verified for this connection"
    TWO_MATCH = "two-match", "email matches two users"
    PRIVILEGED = "privileged", "has account permissions"


ADVICE = {
    Finding.DEPROVISIONED: "Access has ended. Provisioning or an admin restores them first.",
    Finding.NO_EMAIL: "Add the email on the user's page under Identifiers.",
    Finding.NO_DOMAIN: "Add the email's domain to this connection and verify it.",
    Finding.TWO_MATCH: "Another user has this email as user name. Correct one of the two on its page.",
    Finding.PRIVILEGED: "They sign in the old way, then through this connection in the same browser.",
}
People = QuerySet[Any]  # of User, each with `finding`


def people_of(move: ConnectionMove) -> People:
    """Everybody whom the move is about, with their `finding`. `move` may be unsaved: then it is a preview."""
    known = _identities_at_source(move).filter(user=OuterRef("pk"))
    left_out = Q(pk__in=()) if move.includes_privileged else with_permissions(move.account_id)
    people: People = User.objects.in_account(move.account_id).present().filter(Exists(known))
    found: People = people.annotate(
        finding=Case(
            When(state=UserState.DEPROVISIONED, then=Value(Finding.DEPROVISIONED)),
            When(Exists(linked(move).filter(user=OuterRef("pk"))), then=Value(Finding.LINKED)),
            When(email_key="", then=Value(Finding.NO_EMAIL)),
            When(~_of_verified_domains(move), then=Value(Finding.NO_DOMAIN)),
            When(_shares_email(move), then=Value(Finding.TWO_MATCH)),
            When(left_out, then=Value(Finding.PRIVILEGED)),
            default=Value(Finding.LINKS),
            output_field=models.CharField(),
        )
    )
    return found


def counts_of(move: ConnectionMove) -> dict[Finding, int]:
    """How many people have each finding; those that nobody has are left out."""
    found = people_of(move).order_by().values("finding").annotate(people=Count("pk"))
    counts = dict(found.values_list("finding", "people"))
    return {finding: counts[finding] for finding in Finding if finding in counts}


def privileged_people(move: ConnectionMove) -> list[str]:
    """The e-mails of those who have account permissions and would link if the move includes them."""
    people = people_of(move).filter(with_permissions(move.account_id), finding__in=(Finding.LINKS, Finding.PRIVILEGED))
    return list(people.order_by("email_key").values_list("email", flat=True))


def linked(move: ConnectionMove) -> QuerySet[ExternalIdentity]:
    """Identities at the target, which make it a known connection to their users; within one, those since the start."""
    here = ExternalIdentity.objects.in_account(move.account_id).filter(connection=move.target_id)
    if not move.is_within:
        return here
    return here.filter(created_at__gte=move.started_at) if move.started_at else here.none()


def made_by(move: ConnectionMove) -> Q:
    """Of identities: those at the target that came since the start, of people who are known at the source too."""
    people = _identities_at_source(move).values("user")
    return Q(user__in=people, connection=move.target_id, created_at__gte=move.started_at)


def who_link(user_ids: list[UUID], target: UUID, account_id: UUID) -> dict[UUID, str]:
    """Those of these people whom an open move lets link through the target: user -> name of the source.

    With those whose e-mail matches two users: where a login finds both it is refused.
    """
    moves = ConnectionMove.objects.in_account(account_id).filter(target=target, ended_at=None).select_related("source")
    found: dict[UUID, str] = {}
    for move in moves:
        linking = people_of(move).filter(pk__in=user_ids, finding__in=(Finding.LINKS, Finding.TWO_MATCH))
        found.update(dict.fromkeys(linking.values_list("pk", flat=True), move.source.name))
    return found


def _identities_at_source(move: ConnectionMove) -> QuerySet[ExternalIdentity]:
    """Within one connection, those of before the start."""
    there = ExternalIdentity.objects.in_account(move.account_id).filter(connection=move.source_id)
    return there.filter(created_at__lt=move.started_at) if move.is_within and move.started_at else there


def _of_verified_domains(move: ConnectionMove) -> Q:
    """As `domains.owners` decides: the longest verified domain, which may include its sub-domains."""
    verified = EmailDomain.objects.in_account(move.account_id).verified().filter(connections=move.target_id)
    found = Q(pk__in=())
    for domain, includes_subdomains in verified.values_list("domain", "with_subdomains"):
        found |= Q(email_key__endswith=f"@{domain}")
        if includes_subdomains:
            found |= Q(email_key__endswith=f".{domain}") & ~_of_longer_domains(domain)
    return found


def _of_longer_domains(domain: str) -> Q:
    """Below a verified domain, of whatever account: those have an owner of their own."""
    below = EmailDomain.objects.verified().filter(domain__endswith=f".{domain}")
    found = Q(pk__in=())
    for longer in below.values_list("domain", flat=True):
        found |= Q(email_key__endswith=f"@{longer}") | Q(email_key__endswith=f".{longer}")
    return found


def _shares_email(move: ConnectionMove) -> Q:
    """Another user has the e-mail as user name. One's own name is nobody else's: it is unique in the account."""
    names = User.objects.in_account(move.account_id).present().values("user_name_key")
    return ~Q(user_name_key=F("email_key")) & Q(email_key__in=names)

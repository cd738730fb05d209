"""E-mail domains: claim for a connection, verify by DNS or as an operator, remove."""

import re
import secrets
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.connections.admin_requests import Request, answer_requests
from accounts.connections.consent import check_verb
from accounts.errors import ActionRefused
from accounts.models import Account, Connection, ConnectionDomain, EmailDomain
from common.folding import ascii_domain
from common.outbound import dns_records

_DOMAIN = re.compile(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_MOST_DOMAINS = 100  # of one connection: each can be asked for in DNS
_REGISTRY_LABELS = frozenset("ac co com edu go gob gov gouv gv ltd mil ne net nom or org plc sch".split())
RECORD_PREFIX = "torque-domain-verification="

# Anybody can have an address there, so no company can own it (R16).
PUBLIC_MAIL_DOMAINS = frozenset(
    "aol.com gmail.com gmx.de gmx.net googlemail.com hotmail.com icloud.com live.com mail.com mail.ru me.com msn.com"
    " outlook.com proton.me protonmail.com qq.com t-online.de web.de yahoo.com yandex.ru zoho.com 163.com".split()
)


def normal_domain(text: str) -> str:
    """The e-mail domain in lower case, IDNA. Raises ActionRefused for what is none, or a public mail domain."""
    try:
        domain = ascii_domain(text.strip().lstrip("@").rstrip("."))
    except UnicodeError:
        domain = ""
    if not _DOMAIN.fullmatch(domain):
        raise ActionRefused("domain-invalid", f"Expected an e-mail domain such as example.com; received '{text}'.")
    if domain in PUBLIC_MAIL_DOMAINS:
        raise ActionRefused("domain-public", f"'{domain}' is a public mail domain: no company can claim it.")
    return domain


@transaction.atomic
def claim_verified_domain(account: Account, text: str, *, acting: Actor) -> EmailDomain:
    """Claim a domain as the operator, which verifies it. Raises ActionRefused when another account has it."""
    check_verb("claim_verified_domain", account.pk, acting)
    domain = normal_domain(text)
    row, _ = EmailDomain.objects.get_or_create(account=account, domain=domain)
    if row.proved_at is None:
        _mark_verified(row, acting)
    return row


@transaction.atomic
def claim_domain(connection: Connection, text: str, *, acting: Actor) -> EmailDomain:
    """Claim a domain for the connection's users; until `verify_domain` it has no effect on sign-in.

    Raises PermissionsExceeded; and ActionRefused for a public mail domain, another account's, or one that the
    connection has already.
    """
    check_verb("claim_domain", connection.account_id, acting)
    domain, account = normal_domain(text), connection.account_id
    if EmailDomain.objects.verified().filter(domain=domain).exclude(account=account).exists():
        raise _taken(domain)
    present = ConnectionDomain.objects.in_account(account).filter(connection=connection)
    if present.filter(domain__domain=domain).exists():
        raise ActionRefused("domain-present", f"'{domain}' is a domain of this connection already.")
    if present.count() >= _MOST_DOMAINS:
        raise ActionRefused(
            "too-many-domains", f"Expected at most {_MOST_DOMAINS} domains of a connection; remove one first."
        )
    row, _ = EmailDomain.objects.get_or_create(account_id=account, domain=domain)
    if not row.proved_at and not row.proof_token:
        row.proof_token = secrets.token_hex(20)
        row.save(update_fields=["proof_token"])
    ConnectionDomain.objects.create(account_id=account, connection=connection, domain=row)
    audit.record(acting, "domain.claimed", row, {"connection": [None, connection.name]})
    answer_requests(connection, Request.DOMAIN)
    return row


def expected_record(domain: EmailDomain) -> str:
    """The TXT record that verifies the domain, to be added at the domain itself."""
    return f"{RECORD_PREFIX}{domain.proof_token}"


def verify_domain(domain: EmailDomain, *, acting: Actor) -> None:
    """Look the TXT record up; the domain is verified for this account from then on.

    Raises ActionRefused when it is not there, and PermissionsExceeded. Not called inside a transaction: DNS may take 5
    seconds.
    """
    if domain.proved_at is not None:
        return
    check_verb("verify_domain", domain.account_id, acting)
    try:
        found = dns_records.txt_records(domain.domain, domain.account_id)
    except dns_records.LookUpFailed as problem:
        raise ActionRefused("domain-lookup-failed", str(problem)) from None
    if not domain.proof_token or expected_record(domain) not in {text.strip() for text in found}:
        raise ActionRefused(
            "domain-record-missing",
            f"Expected the TXT record '{expected_record(domain)}' at '{domain.domain}'; received {_received(found)}."
            " Add it where the DNS of the domain is kept. A new record can take an hour to be seen.",
        )
    with transaction.atomic():
        row = EmailDomain.objects.select_for_update().in_account(domain.account_id).filter(pk=domain.pk).first()
        if row is None:
            raise ActionRefused("domain-gone", f"'{domain.domain}' was removed in the meantime. Add it again.")
        if row.proved_at is None:
            _mark_verified(row, acting)
        for connection in row.connections.all():
            answer_requests(connection, Request.DOMAIN)


def _received(found: list[str]) -> str:
    """An old record of ours is shown; of others only the number."""
    own = [text for text in found if text.startswith(RECORD_PREFIX)]
    if own:
        return f"'{own[0][:100]}'"
    return f"{len(found)} TXT records, none of them ours" if found else "no TXT record"


@transaction.atomic
def remove_domain(connection: Connection, domain: EmailDomain, *, acting: Actor) -> None:
    """Takes the domain from the connection; the account gives it up with its last connection."""
    links = ConnectionDomain.objects.in_account(connection.account_id).filter(domain=domain)
    if not links.filter(connection=connection).exists():
        raise ActionRefused("domain-gone", f"'{domain}' is no domain of '{connection}' any more.")
    audit.record(acting, "domain.removed", domain, {"connection": [connection.name, None]})
    links.filter(connection=connection).delete()
    give_up_unused(connection.account_id, [domain])


@transaction.atomic
def include_subdomains(domain: EmailDomain, included: bool, *, acting: Actor) -> None:
    """Whether a verified domain decides about its sub-domains too, where nobody has verified one of these.

    Raises PermissionsExceeded; and ActionRefused when it is not verified, or a suffix that many organizations share.
    """
    if included:
        check_verb("claim_domain", domain.account_id, acting)
    row = EmailDomain.objects.select_for_update().in_account(domain.account_id).filter(pk=domain.pk).first()
    if row is None:
        raise ActionRefused("domain-gone", f"'{domain}' was removed in the meantime. Add it again.")
    if included and row.proved_at is None:
        raise ActionRefused(
            "domain-not-verified", f"'{row}' is not verified. Verify it first, then include its sub-domains."
        )
    if included and _is_shared_suffix(row.domain):
        raise ActionRefused(
            "domain-shared-by-organizations",
            f"Many organizations have domains under '{row}', so its sub-domains cannot be included.",
        )
    if row.with_subdomains != included:
        audit.record(acting, "domain.subdomains-changed", row, {"with_subdomains": [row.with_subdomains, included]})
        row.with_subdomains = included
        row.save(update_fields=["with_subdomains"])


def _is_shared_suffix(domain: str) -> bool:
    """Such as co.uk and com.au, under which a registry gives names to anybody."""
    first, _, country = domain.partition(".")
    return first in _REGISTRY_LABELS and len(country) == 2


def give_up_unused(account_id: UUID, domains: list[EmailDomain]) -> None:
    """Domains that no connection has any more. Kept, they would count for the account's every connection."""
    unused = EmailDomain.objects.in_account(account_id).filter(pk__in=[row.pk for row in domains], connections=None)
    unused.delete()


def _mark_verified(row: EmailDomain, acting: Actor) -> None:
    row.proved_at = timezone.now()
    try:
        with transaction.atomic():
            row.save(update_fields=["proved_at"])
    except IntegrityError:
        raise _taken(row.domain) from None
    audit.record(acting, "domain.proved", row)


def _taken(domain: str) -> ActionRefused:
    return ActionRefused(
        "domain-verified-elsewhere",
        f"Expected an e-mail domain that is still free; '{domain}' is verified by another account. If it is yours,"
        " ask the operator of this installation.",
    )

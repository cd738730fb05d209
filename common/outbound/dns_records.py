"""TXT records, by which e-mail domains are verified: the only place that asks DNS for more than an address.

Only the resolvers of this machine are asked, whatever the answer says, so that a domain typed by an account admin
leads nowhere else. One query, 5 s in all, in a slot as every other request to another server.
"""

from uuid import UUID

from dns import exception, resolver

from common.outbound import slots

TIME_LIMIT = 5.0  # seconds, with all repetitions
_MOST_RECORDS = 200
_LONGEST_RECORD = 4096  # characters


class LookUpFailed(Exception):
    """DNS gave no answer; the message is a sentence."""


def txt_records(domain: str, account_id: UUID) -> list[str]:
    """Return the TXT records at the domain, each as one text. Raises LookUpFailed.

    `account_id`: the account that claims the domain.
    """
    try:
        with slots.slot(account_id, "DNS"):
            answer = _resolver().resolve(f"{domain}.", "TXT", search=False, raise_on_no_answer=False)
    except resolver.NXDOMAIN:
        return []
    except slots.NoFreeSlot as refused:
        raise LookUpFailed(f"DNS was not asked for '{domain}': {refused}") from None
    except (exception.DNSException, OSError, ValueError):
        raise LookUpFailed(f"DNS gave no answer for '{domain}' within {TIME_LIMIT:.0f} seconds. Try again.") from None
    records = list(answer.rrset or ())[:_MOST_RECORDS]
    return [b"".join(record.strings)[:_LONGEST_RECORD].decode("utf-8", "replace") for record in records]


def _resolver() -> resolver.Resolver:
    """A new one each time: the machine's resolvers may have changed."""
    machine = resolver.Resolver()
    machine.timeout, machine.lifetime = 2.0, TIME_LIMIT
    return machine

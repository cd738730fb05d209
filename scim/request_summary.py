"""PURE. One sentence about a SCIM request, for the request log."""

from dataclasses import dataclass

_LONGEST_SUBJECT = 120


@dataclass(frozen=True)
class RequestSummary:
    """`done` for a request that succeeded, `tried` for one that did not; `subject` is what it was about."""

    done: str = "asked for"
    tried: str = "ask for"
    subject: str = "an address that does not exist"
    result: str = ""

    def sentence(self, who: str, problem: str) -> str:
        """`Okta deactivated bo@acme.example`, or `Okta could not create bo@acme.example: …`."""
        subject = self.subject[:_LONGEST_SUBJECT]
        if problem:
            return f"{who} could not {self.tried} {subject}: {problem}"
        return f"{who} {self.done} {subject}{self.result}"


def created(subject: str) -> RequestSummary:
    return RequestSummary("created", "create", subject)


def updated(subject: str, had_access: bool = True, active: bool | None = None) -> RequestSummary:
    """`active` as the client sent it; None: not sent."""
    if active is False and had_access:
        return RequestSummary("deactivated", "deactivate", subject)
    if active and not had_access:
        return RequestSummary("reactivated", "reactivate", subject)
    return RequestSummary("updated", "update", subject)


def deleted(subject: str) -> RequestSummary:
    return RequestSummary("deleted", "delete", subject)


def held(subject: str) -> RequestSummary:
    """The guard against mass deprovisioning stepped in."""
    return RequestSummary("asked to deprovision", "deprovision", subject, ": held until an account admin approves")


def read(subject: str) -> RequestSummary:
    return RequestSummary("read", "read", subject)


def searched(filter_text: str, found: int) -> RequestSummary:
    if not filter_text:
        return RequestSummary("listed", "list", "users", f": {found} in all")
    return RequestSummary("looked for", "look for", filter_text, f": found {found}")

"""PURE. What a request was about, in the words of the request log."""

from dataclasses import dataclass

_LONGEST_SUBJECT = 120


@dataclass(frozen=True)
class Deed:
    """`done` for a request that succeeded, `tried` for one that did not; `subject` is whom or what it was about."""

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


def created(subject: str) -> Deed:
    return Deed("created", "create", subject)


def updated(subject: str, was_active: bool, is_active: bool) -> Deed:
    if was_active and not is_active:
        return Deed("deactivated", "deactivate", subject)
    if is_active and not was_active:
        return Deed("reactivated", "reactivate", subject)
    return Deed("updated", "update", subject)


def deleted(subject: str) -> Deed:
    return Deed("deleted", "delete", subject)


def held(subject: str) -> Deed:
    """The guard against mass deprovisioning stepped in."""
    return Deed("asked to let go", "let go", subject, ", who is held until an account admin decides")


def read(subject: str) -> Deed:
    return Deed("read", "read", subject)


def searched(filter_text: str, found: int) -> Deed:
    if not filter_text:
        return Deed("listed", "list", "people", f": {found} in all")
    return Deed("looked for", "look for", filter_text, f": found {found}")

"""PURE. What every SAML message has: version, time of issue, issuer; and how times and texts are read.

Times in messages are UTC; the skew is the connection's, 300 s at most.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.sso.refusal import LoginRefused
from accounts.sso.refusals.saml_rows import MALFORMED
from accounts.sso.saml.shape import SAML, Element
from common import timestamps
from common.texts import quoted

MAX_SKEW = 300  # seconds, R24
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,12})?(Z|[+-]\d\d:\d\d)")


@dataclass(frozen=True)
class Clock:
    now: datetime
    allowed_skew: int

    @property
    def skew(self) -> timedelta:
        return timedelta(seconds=min(self.allowed_skew, MAX_SKEW))

    def is_before(self, moment: datetime) -> bool:
        return self.now + self.skew < moment

    def has_reached(self, moment: datetime) -> bool:
        return self.now - self.skew >= moment

    def refusal(self, code: str, expected: str, moment: datetime) -> LoginRefused:
        """Names both clocks: which of them is wrong is for people to find out."""
        return LoginRefused(
            code,
            f"{expected}, with {self.skew.seconds} s allowed",
            f"the time {shown(moment)} from the identity provider while Torque's clock says {shown(self.now)}",
        )


def check_version(element: Element) -> None:
    if element.get("Version") != "2.0":
        raise LoginRefused(
            "saml-version", "SAML version 2.0", quoted(element.get("Version", "")) if element.get("Version") else "none"
        )


def check_issue_instant(element: Element, clock: Clock) -> datetime:
    issued_at = moment_of(element, "IssueInstant")
    if clock.is_before(issued_at):
        raise clock.refusal("saml-issued-in-future", "a message issued in the past", issued_at)
    return issued_at


def check_issuer(issuer: str, idp_entity_id: str, where: str, count: int = 1) -> str:
    if issuer != idp_entity_id or count != 1:
        slash = issuer.rstrip("/") == idp_entity_id.rstrip("/")
        raise LoginRefused(
            "saml-issuer",
            f"the issuer {quoted(idp_entity_id)} of this connection in the {where}",
            quoted(issuer) + (", which differs in the slash at the end" if slash and count == 1 else ""),
        )
    return issuer


def one(parent: Element, name: str) -> Element:
    found = parent.findall(f"{{{SAML}}}{name}")
    if len(found) != 1:
        code = _MISSING.get(name, "saml-shape") if not found else "saml-shape"
        raise LoginRefused(code, f"one {name} in {str(parent.tag).rpartition('}')[2]}", f"{len(found)}", MALFORMED)
    return found[0]


_MISSING = {
    "Conditions": "saml-conditions",
    "Subject": "saml-subject",
    "Issuer": "saml-issuer",
    "SubjectConfirmationData": "saml-recipient",
}


def text_of(element: Element) -> str:
    """Trimmed text. An element with others inside would be read one way here and another way elsewhere."""
    if len(element):
        raise LoginRefused("saml-shape", f"text only in {str(element.tag).rpartition('}')[2]}", "elements inside it")
    return (element.text or "").strip()


def moment_of(element: Element, name: str) -> datetime:
    """An xs:dateTime with its zone, as UTC. A missing or unreadable one is refused: no end means no trust."""
    value = element.get(name, "")
    where = f"{name} of {str(element.tag).rpartition('}')[2]}"
    try:
        if not _TIME.fullmatch(value):
            raise ValueError(value)
        return timestamps.read(value)
    except ValueError:
        raise LoginRefused(
            "saml-time", f"a time with its zone as {where}", quoted(value) if value else "none"
        ) from None


def shown(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")

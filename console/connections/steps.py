"""PURE. Set-up steps of a connection. A step is done when that was verified, not when it was clicked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from accounts.connections.vendors import SetUp
from console.connections.field_words import FIELD_WORDS

ASKED_FOR = ("email", "first_name", "last_name", "timezone", "space_name", "space_role", "groups")
# They come to pass at the identity provider, where we see nothing until an answer arrives.
SEEN_LATER = "verified by the test"
_ENABLE_NEEDS_ADMIN = " Only an account admin can enable this connection, because it decides who can sign in."


class Mark(StrEnum):
    DONE = "done"
    NEXT = "next"
    OPEN = "open"
    OPTIONAL = "optional"


@dataclass(frozen=True)
class Seen:
    """What was verified of a connection.

    `missing`: identity provider details, in words; `lacks_secret`: it redeems codes without one. `verified`,
    `unverified`: email domains. `answered`: whether a message of a test or login passed all checks, with any settings;
    `arrived`: the profile fields that the last one carried. `tested`: whether a test passed with any settings;
    `passed`: reference of one with the current settings; `refused`: reference of the last attempt, if it failed.
    """

    missing: Sequence[str] = ()
    lacks_secret: bool = False
    verified: Sequence[str] = ()
    unverified: Sequence[str] = ()
    answered: bool = False
    arrived: frozenset[str] = frozenset()
    tested: bool = False
    passed: str = ""
    refused: str = ""
    is_live: bool = False
    has_all_permissions: bool = True  # whether the user may enable it


@dataclass(frozen=True)
class Step:
    """`sentence`: what is done or missing. `route`, `label`: link to its page; `waits`: why it is not next yet."""

    key: str
    title: str
    is_done: bool
    sentence: str
    route: str = ""
    label: str = ""
    waits: str = ""
    mark: Mark = Mark.OPEN


def fields_in(
    received: Mapping[str, Sequence[str]], names: Mapping[str, Sequence[str]], *, email: str
) -> frozenset[str]:
    """Return the profile fields that arrived.

    `received`: values by attribute name; `names`: attribute names of each field; `email`: the email that was read,
    because it can arrive as the NameID.
    """
    came = {ours for ours in ASKED_FOR if any(received.get(theirs) for theirs in names.get(ours, ()))}
    return frozenset(came | ({"email"} if email else set()))


def steps_of(set_up: SetUp, seen: Seen) -> list[Step]:
    """Return the steps in order. At most one is next: the first that can be done now."""
    chosen = Step("kind", "Choose the identity provider", True, f"{set_up.title}. {set_up.summary}")
    enable = Step(
        "enable", "Enable", seen.is_live, _enable_sentence(seen), waits="" if seen.passed else "after the test"
    )
    return list(_marked([chosen, *_values(set_up, seen), _attributes(seen), _domains(seen), _test(seen), enable]))


def _marked(steps: Sequence[Step]) -> Iterator[Step]:
    following = next((step.key for step in steps if not step.is_done and not step.waits), "")
    for step in steps:
        if step.is_done:
            yield replace(step, mark=Mark.DONE)
        elif step.key == following:
            yield replace(step, mark=Mark.NEXT)
        else:
            yield replace(step, mark=Mark.OPTIONAL if step.waits == Mark.OPTIONAL else Mark.OPEN)


def _values(set_up: SetUp, seen: Seen) -> tuple[Step, Step]:
    labels = ", ".join(value.label for value in set_up.service_provider_details)
    ours = Step(
        "ours",
        "Copy the service provider details",
        seen.answered,
        "Verified: the identity provider responded to the right addresses."
        if seen.answered
        else f"Enter {labels} at: {set_up.where}.",
        "connection-provider",
        "Show service provider details",
        "" if seen.missing else SEEN_LATER,
    )
    if seen.missing:
        lacking = f"Missing: {', '.join(seen.missing)}. Find them at: {set_up.identity_provider_page}."
    elif seen.lacks_secret:
        lacking = "The client secret is missing. Code with PKCE needs one at most identity providers."
    else:
        lacking = "All required details are entered."
    theirs = Step(
        "theirs",
        "Enter the identity provider details",
        not seen.missing,
        lacking,
        "connection-provider",
        "Enter details",
        "" if seen.answered else "after step 2",
    )
    return ours, theirs


def _attributes(seen: Seen) -> Step:
    if not seen.answered:
        sentence = (
            "Configure the identity provider to send these attribute names, or enter its names here. The test"
            " shows what arrives."
        )
    else:
        came = ", ".join(FIELD_WORDS[name][0] for name in ASKED_FOR if name in seen.arrived)
        absent = ", ".join(FIELD_WORDS[name][0] for name in ASKED_FOR if name not in seen.arrived)
        sentence = f"Received in the last login: {came or 'none'}." + (f" Not received: {absent}." if absent else "")
    return Step(
        "attributes",
        "Send the attributes",
        "email" in seen.arrived,
        sentence,
        "connection-attributes",
        "Show attribute names",
        "" if seen.answered else SEEN_LATER,
    )


def _domains(seen: Seen) -> Step:
    if seen.unverified:
        sentence = f"Not verified yet: {', '.join(seen.unverified)}. Add the DNS record, then check it."
    elif seen.verified:
        sentence = f"Verified: {', '.join(seen.verified)}. The sign-in page routes its users to this connection."
    else:
        sentence = (
            "Without a verified domain, the sign-in page can't route users here: they start at the identity provider's"
            " dashboard or with the direct sign-in link. Add one first; changing it later requires a new test."
        )
    if not seen.has_all_permissions and not seen.verified:
        sentence += " Only an account admin can add one, because it decides which users the connection can sign in."
    return Step(
        "domains",
        "Verify your email domain",
        bool(seen.verified) and not seen.unverified,
        sentence,
        "connection-domains",
        "Show domains",
        "" if seen.unverified else Mark.OPTIONAL,
    )


def _test(seen: Seen) -> Step:
    return Step(
        "test",
        "Test login",
        bool(seen.passed),
        _test_sentence(seen),
        "" if seen.missing else "test-login",
        "Test login",
        "after step 3" if seen.missing else "",
    )


def _enable_sentence(seen: Seen) -> str:
    if seen.is_live:
        return "The connection is live: users can sign in through it."
    needs = "" if seen.has_all_permissions else _ENABLE_NEEDS_ADMIN
    return f"Users cannot sign in through it before.{needs}"


def _test_sentence(seen: Seen) -> str:
    if seen.passed:
        return "A test login passed with the current settings."
    if seen.missing:
        return "Available once the identity provider details are entered."
    if seen.refused:
        return (
            "The last attempt was refused. Its login record shows what was expected and received, and which side"
            " must change."
        )
    if seen.tested:
        return "The settings changed after the last successful test. Test them again."
    return "Redirects to the identity provider and shows the response. Nothing is saved, and you are not signed in."

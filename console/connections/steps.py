"""PURE. How far the set-up of a connection has come. Each mark follows from what was seen, and not from clicks."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from accounts.connections.vendors import SetUp
from console.connections.field_words import FIELD_WORDS

ASKED_FOR = ("email", "first_name", "last_name", "timezone", "space_name", "space_role", "groups")
# They come to pass at the identity provider, where we see nothing until an answer arrives.
SEEN_LATER = "shown by the test"


class Mark(StrEnum):
    DONE = "done"
    NEXT = "next"
    OPEN = "open"
    OPTIONAL = "optional"


@dataclass(frozen=True)
class Seen:
    """What the server knows of a connection.

    `missing`: of the provider's values, in words; `lacks_secret`: it redeems codes without one. `proved`, `unproved`:
    its e-mail domains. `answered`: whether a message of a test or login has passed every check, with any settings;
    `arrived`: which of our fields the last one brought. `tested`: whether a test has passed with any settings;
    `passed`: reference of one with exactly the present ones; `refused`: of the last attempt, if it failed.
    """

    missing: Sequence[str] = ()
    lacks_secret: bool = False
    proved: Sequence[str] = ()
    unproved: Sequence[str] = ()
    answered: bool = False
    arrived: frozenset[str] = frozenset()
    tested: bool = False
    passed: str = ""
    refused: str = ""
    is_live: bool = False
    decides: bool = True  # whether the person who looks may enable it


@dataclass(frozen=True)
class Step:
    """`sentence`: what is known, or what is missing. `route`: of its page, `label` its link; `waits`: not next yet."""

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
    """Our fields that came. `received`: values by the provider's names; `names`: ours -> the names it is read from.

    `email`: as it was understood, for it may have come as the NameID.
    """
    came = {ours for ours in ASKED_FOR if any(received.get(theirs) for theirs in names.get(ours, ()))}
    return frozenset(came | ({"email"} if email else set()))


def steps_of(set_up: SetUp, seen: Seen) -> list[Step]:
    """In the order in which they are done. One at most is next: the first that can be finished now."""
    return list(_marked([_chosen(set_up), *_values(set_up, seen), _attributes(seen), _domains(seen), *_last(seen)]))


def _marked(steps: Sequence[Step]) -> Iterator[Step]:
    following = next((step.key for step in steps if not step.is_done and not step.waits), "")
    for step in steps:
        if step.is_done:
            yield replace(step, mark=Mark.DONE)
        elif step.key == following:
            yield replace(step, mark=Mark.NEXT)
        else:
            yield replace(step, mark=Mark.OPTIONAL if step.waits == Mark.OPTIONAL else Mark.OPEN)


def _chosen(set_up: SetUp) -> Step:
    return Step("kind", "Choose the identity provider", True, f"{set_up.title}. {set_up.summary}")


def _values(set_up: SetUp, seen: Seen) -> tuple[Step, Step]:
    labels = _listed([value.label for value in set_up.ours])
    ours = Step(
        "ours",
        "Copy our values to it",
        seen.answered,
        "An answer has come back to us, so our addresses are right there."
        if seen.answered
        else f"{labels}, to be entered at: {set_up.where}.",
        "connection-provider",
        "Show our values",
        "" if seen.missing else SEEN_LATER,
    )
    theirs = Step(
        "theirs",
        "Give us its values",
        not seen.missing,
        _told_of_values(set_up, seen),
        "connection-provider",
        "Enter its values",
        "" if seen.answered else "after our values",
    )
    return ours, theirs


def _told_of_values(set_up: SetUp, seen: Seen) -> str:
    if seen.missing:
        return f"Still missing: {_listed(seen.missing)}. You find them at: {set_up.theirs_where}."
    if seen.lacks_secret:
        return "There is no client secret, which code with PKCE needs at most identity providers."
    return "All that a login needs is here."


def _attributes(seen: Seen) -> Step:
    return Step(
        "attributes",
        "Send the attributes",
        "email" in seen.arrived,
        _told_of_attributes(seen),
        "connection-attributes",
        "Look at the attribute names",
        "" if seen.answered else SEEN_LATER,
    )


def _told_of_attributes(seen: Seen) -> str:
    labels = {name: FIELD_WORDS[name][0] for name in ASKED_FOR}
    if not seen.answered:
        return "Have it send them by the names that we read, or enter its own names here. The test shows what arrives."
    came = _listed([label for name, label in labels.items() if name in seen.arrived])
    absent = _listed([label for name, label in labels.items() if name not in seen.arrived])
    return f"Arrived last time: {came or 'nothing we read'}." + (f" Did not arrive: {absent}." if absent else "")


def _domains(seen: Seen) -> Step:
    if seen.unproved:
        sentence = f"Not proved yet: {_listed(seen.unproved)}. Add the DNS record that is shown there, then check it."
    elif seen.proved:
        sentence = f"Proved: {_listed(seen.proved)}. The sign-in page leads its people here."
    else:
        sentence = (
            "None yet, so the sign-in page leads nobody here: people would begin at the identity provider's tile or"
            " with the connection's own link. Add one before the test, because the test is of it too."
        )
    if not seen.decides and not seen.proved:
        sentence += " Adding one needs an account admin, because it decides whose addresses the connection speaks for."
    return Step(
        "domains",
        "Prove your e-mail domain",
        bool(seen.proved) and not seen.unproved,
        sentence,
        "connection-domains",
        "Go to the domains",
        "" if seen.unproved else Mark.OPTIONAL,
    )


def _last(seen: Seen) -> tuple[Step, Step]:
    test = Step(
        "test",
        "Test login",
        bool(seen.passed),
        _told_of_test(seen),
        "" if seen.missing else "test-login",
        "Test login",
        "after its values" if seen.missing else "",
    )
    enable = Step(
        "enable",
        "Enable",
        seen.is_live,
        _told_of_enabling(seen),
        waits="" if seen.passed else "after the test",
    )
    return test, enable


def _told_of_enabling(seen: Seen) -> str:
    if seen.is_live:
        return "It is live: people can sign in through it."
    needs = "" if seen.decides else " Enabling needs an account admin, because it decides who can sign in."
    return f"Nobody can sign in through it until then.{needs}"


def _told_of_test(seen: Seen) -> str:
    if seen.passed:
        return "A test login passed with exactly the present settings."
    if seen.missing:
        return "Possible as soon as its values are here."
    if seen.refused:
        return "The last attempt was refused. Its page says what was expected, what came, and which side must change."
    if seen.tested:
        return "Its settings were changed after the last test that passed. Test it as it is now."
    return "Goes to the identity provider and shows what comes back. Nothing is saved, and nobody is signed in."


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words)

"""PURE. Who may be added to a group and removed from it manually (`protocol.md` section 9).

Mapped groups follow the identity provider for those it speaks of at login. Everybody else is an admin's to manage.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Member:
    """A person, and the names of the live connections they log in through: those that deliver groups, and others."""

    name: str
    delivering: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    has_password: bool = False


@dataclass(frozen=True)
class Ruling:
    """`why`: a sentence, to be shown beside the person or as the refusal."""

    by_hand: bool
    why: str


def adding(person: Member, *, is_mapped: bool) -> Ruling:
    if not is_mapped or not person.delivering:
        return Ruling(True, _unmanaged(person, is_mapped=is_mapped))
    through = " and ".join(person.delivering)
    return Ruling(
        False,
        f"The identity provider manages {person.name}, who logs in through connection {through}:"
        " add them to the group there; they are added here at their next login.",
    )


def removing(person: Member, *, is_mapped: bool, by_login: bool, connection: str = "") -> Ruling:
    """`by_login`: a login put them in, through `connection` where it still exists.

    What was added by hand is never the provider's: no login takes it away, so an admin has to be able to.
    """
    if not by_login:
        return Ruling(True, "Added manually.")
    if is_mapped and person.delivering:
        through = connection if connection in person.delivering else " and ".join(person.delivering)
        return Ruling(False, f"The identity provider manages {person.name}: added at login by connection {through}.")
    left = f"Added at a login by connection {connection}" if connection else "Added at a login"
    return Ruling(True, f"{left}; no login removes them. {_unmanaged(person, is_mapped=is_mapped)}")


def _unmanaged(person: Member, *, is_mapped: bool) -> str:
    if not is_mapped:
        return "The group has no IdP identifier, so no login changes it."
    if person.silent:
        return f"{person.name} logs in through connection {' and '.join(person.silent)}, which delivers no groups."
    if person.has_password:
        return f"{person.name} logs in with a password."
    return f"{person.name} has no login through a connection that delivers groups."

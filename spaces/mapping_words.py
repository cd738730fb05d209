"""PURE. Sentences for decisions about spaces: of login records, the preview, audit entries and commands."""

from collections.abc import Iterable

from spaces.role_mapping import MEMBER_ROLE, Code, Decision

_SENTENCES = {
    Code.ROLE_REUSED: "One role for {count} spaces: role '{role}' is used in all of them.",
    Code.SPACE_REPEATED: "Space '{space}' is named again: its first valid role '{role}' stays.",
    Code.ROLE_UNKNOWN: f"Role '{{role}}' is no space role here: '{MEMBER_ROLE}' in space '{{space}}' instead.",
    Code.ROLE_MISSING: f"No role was sent for space '{{space}}': '{MEMBER_ROLE}'.",
    Code.ROLES_IGNORED: "More roles than spaces: {roles} ignored.",
    Code.LEFT_ALONE: "No usable space in this login: spaces were left as they are.",
    Code.DEFAULT_USED: "No usable space in this login: the connection's default space is used.",
    Code.NO_DEFAULT: "No usable space in this login, and the connection has no default space: no space was given.",
    Code.ADDED: "Added to space '{space}' as '{role}'.",
    Code.MANUAL_KEPT: "Space '{space}': role '{before}' was assigned manually and stays; the login asked for '{role}'.",
    Code.ROLE_CHANGED: "Space '{space}': role changed from '{before}' to '{role}'.",
    Code.REMOVED: "Removed from space '{space}': this login no longer names it.",
}


def sentence(decision: Decision) -> str:
    if decision.code is Code.SPACE_UNKNOWN:
        return _unknown_space(decision)
    return _SENTENCES[decision.code].format(
        space=decision.space,
        role=decision.role,
        before=decision.before,
        roles=", ".join(f"'{role}'" for role in decision.roles),
        count=decision.count,
    )


def sentences(decisions: Iterable[Decision]) -> list[str]:
    return [sentence(decision) for decision in decisions]


def _unknown_space(decision: Decision) -> str:
    name = f"Space '{decision.space}' does not exist here" if decision.space else "An empty space name"
    return f"{name}: ignored" + (f" together with role '{decision.role}'." if decision.role else ".")

"""PURE. Sentences for remarks about group sync: of login records, the preview and commands."""

from collections.abc import Iterable

from accounts.connections.agreed_words import not_allowed
from accounts.groups.matching import Code, Remark
from common.texts import listed

_NAMES_SHOWN = 20
_ASSIGNED_ONLY = (
    "“Groups assigned to the application” in the group claim of the identity provider, so that fewer are sent."
)
_SENTENCES = {
    Code.AT_LIMIT: "Exactly {count} groups came, the most this provider sends: the list may be cut off, so nobody was"
    " removed from a group.",
    Code.OVERAGE_READ: "Too many groups for the login message: the list is read from Microsoft Graph.",
    Code.OVERAGE_WITHOUT_SECRET: "Too many groups for the login message, and the connection has no client secret to"
    " read them from Microsoft Graph: groups were left as they are. Enter a client secret in the connection, or choose "
    + _ASSIGNED_ONLY,
    Code.OVERAGE_UNREADABLE: "Too many groups for the login message: groups were left as they are. Choose "
    + _ASSIGNED_ONLY,
    Code.NEVER_ARRIVED: "No groups arrived and none ever have on this connection: groups were left as they are.",
    Code.MISSING_KEPT: "No groups arrived this time; the connection keeps groups when they are missing.",
    Code.MISSING_EMPTY: "No groups arrived this time though earlier logins carried them: read as being in no group.",
    Code.NEAR_MISS: "'{identifier}' came; the group '{group}' is mapped to '{mapped}'. Identifiers are compared"
    " exactly.",
    Code.MORE_NEAR_MISSES: "{count} more groups are mapped to almost what came.",
    # Without the object ID that Graph gave: it may be that of another group of the same name.
    Code.DISPLAY_NAME: "Microsoft Graph gives '{identifier}', to which group '{group}' is mapped, as the display name"
    " of a group of the person. Any group can be given that name, so it keeps members and adds nobody: map the"
    " group to the object ID that the Entra admin center shows for it.",
    Code.NAMES_UNREAD: "Groups that are mapped to a name were left as they are. {text}",
    Code.UNREAD: "{text}",
}


def sentence(remark: Remark) -> str:
    if remark.code is Code.NOT_ALLOWED:
        return not_allowed(f"Group '{remark.group}'", remark.names, remark.connection)
    if remark.code is Code.RECEIVED:
        names = f": {listed(remark.names, _NAMES_SHOWN)}." if remark.names else "."
        return f"{remark.count} groups received, {len(remark.names)} of them mapped here{names}"
    return _SENTENCES[remark.code].format(
        group=remark.group,
        identifier=remark.identifier[:200],
        mapped=remark.mapped[:200],
        count=remark.count,
        text=remark.text,
    )


def sentences(remarks: Iterable[Remark]) -> list[str]:
    return [sentence(remark) for remark in remarks]

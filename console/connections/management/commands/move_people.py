"""`move_people ACCOUNT TARGET --from SOURCE`: preview, start, finish or undo a move of users between connections."""

from typing import Any

from django.core.management.base import CommandParser

from accounts.audit.audit import OPERATOR
from accounts.connections.moving import moves
from accounts.connections.moving.findings import counts_of
from accounts.errors import ActionRefused
from accounts.models import ConnectionMove
from console.management.base import VerbCommand, account_named, connection_named


class Command(VerbCommand):
    help = (
        "Show which users of connection SOURCE would be linked by verified email at a login through TARGET; start,"
        " finish or undo the move. Use the same SOURCE and TARGET if the subjects of a connection have changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("account")
        parser.add_argument("target", help="name or id of the connection that users move to")
        parser.add_argument(
            "--from", dest="source", required=True, help="name or id of the connection that users move from"
        )
        parser.add_argument(
            "--leave-out-privileged", action="store_true", help="exclude users with account permissions"
        )
        parser.add_argument(
            "--hand-over", action="store_true", help="with --finish or --undo: also hand over provisioning"
        )
        step = parser.add_mutually_exclusive_group()
        for name, does in _STEPS.items():
            step.add_argument(f"--{name}", dest="step", action="store_const", const=name, help=does)

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        account = account_named(options["account"])
        target, source = (connection_named(account, options[name]) for name in ("target", "source"))
        step, privileged = options["step"], not options["leave_out_privileged"]
        if step == "start":
            moves.start_move(source, target, includes_privileged=privileged, acting=OPERATOR)
        move = moves.open_or_planned(source, target, includes_privileged=privileged)
        done = _end(move, step, options["hand_over"]) if step in ("finish", "undo") else {}
        if done:
            move = moves.open_or_planned(source, target, includes_privileged=privileged)
        return {
            **{"from": source.name, "to": target.name, "is_on": move.started_at is not None},
            **{"people": {str(finding): people for finding, people in counts_of(move).items()}, **done},
        }


_STEPS = {
    "start": "start the move",
    "finish": "finish the move: no further users are linked, all identities stay",
    "undo": "undo the move: remove the identities that it linked",
}


def _end(move: ConnectionMove, step: str, hand_over: bool) -> dict[str, Any]:
    if move.started_at is None:
        raise ActionRefused("move-ended", f"No move from '{move.source}' to '{move.target}' is in progress.")
    if step == "finish":
        return {"handed_over": moves.finish_move(move, acting=OPERATOR, hand_over=hand_over)}
    done = moves.undo_move(move, acting=OPERATOR, hand_over=hand_over)
    return {"removed": done.identities, "sessions_ended": done.sessions}

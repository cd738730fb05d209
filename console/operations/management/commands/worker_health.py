"""`worker_health`: whether work that waits is being done. Exit 1 when it is not."""

from typing import Any

from accounts.work import broker
from accounts.work.state import work_state
from console.management.base import VerbCommand


class Command(VerbCommand):
    help = "Tell about broker, workers of each queue, the last sweep, the age of work that waits, and parked work."

    def run(self, *args: Any, **options: Any) -> dict[str, Any]:
        behind = broker.broker_state()
        in_process = behind == broker.IN_PROCESS
        workers = broker.workers_of_queues() if behind == "ok" else {}
        state = work_state(clock_is_needed=not in_process)
        problems = [*_missing(behind, workers), *state.problems]
        return {
            "healthy": not problems,
            "broker": "in-process" if in_process else behind,
            "workers": workers,
            "last_sweep": state.last_sweep.isoformat() if state.last_sweep else None,
            "waiting": state.waiting,
            "oldest_seconds": state.oldest,
            "parked": state.parked,
            "problems": problems,
        }

    def complaint(self, result: dict[str, Any]) -> str:
        return " ".join(result["problems"])


def _missing(behind: str, workers: dict[str, int]) -> list[str]:
    if behind == broker.SILENT:
        return [f"The broker at REDIS_URL {behind}."]
    return [f"No worker answers that takes from queue {name}." for name, count in workers.items() if not count]

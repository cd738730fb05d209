"""`worker_health`: state of background work. Exit 1 if it is not healthy."""

from typing import Any

from accounts.work import broker
from accounts.work.state import work_state
from console.management.base import VerbCommand


class Command(VerbCommand):
    help = "Show the broker, the workers of each queue, the last sweep, the age of waiting work, and parked work."

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
    return [f"No worker of queue {name} responds." for name, count in workers.items() if not count]

"""What durable rows say of the work that waits: how much, how long already, what was given up; when the clock ran."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count, F, Min
from django.utils import timezone

from accounts import attempts
from accounts.models import ExternalIdentity, TaskRun, User

# A sweep comes each minute and works for at most two: after five something stands still.
PATIENCE = timedelta(minutes=5)


@dataclass(frozen=True)
class WorkState:
    """Ages are in seconds, None: nothing waits (or no sweep ever ended). `problems`: a sentence for each."""

    waiting: dict[str, int]
    oldest: dict[str, float | None]
    last_sweep: datetime | None
    parked: list[str]
    problems: list[str] = field(default_factory=list)


# The keys are those of the command's JSON.
_WORDS = {"departures": "clean-ups after deprovisioning", "group_syncs": "group syncs"}


def work_state(clock_is_needed: bool) -> WorkState:
    """`clock_is_needed`: there is a beat whose sweep must have run lately."""
    now = timezone.now()
    unfinished = User.objects.filter(clean_up_due_since__isnull=False)
    syncs = ExternalIdentity.objects.filter(synced_sequence__lt=F("login_sequence"))
    asked = {
        "departures": unfinished.aggregate(count=Count("id"), since=Min("clean_up_due_since")),
        "group_syncs": syncs.aggregate(count=Count("id"), since=Min("last_login_at")),
    }
    run = TaskRun.objects.filter(name="sweep").first()
    state = WorkState(
        waiting={name: found["count"] for name, found in asked.items()},
        oldest={
            name: (now - found["since"]).total_seconds() if found["since"] else None for name, found in asked.items()
        },
        last_sweep=run.ended_at if run else None,
        parked=[f"{work.kind} {work.key}: {work.problem}" for work in attempts.parked()],
    )
    state.problems.extend(_problems(state, run, now if clock_is_needed else None))
    return state


def _problems(state: WorkState, run: TaskRun | None, now: datetime | None) -> list[str]:
    found = [
        f"The oldest of {state.waiting[name]} {_WORDS[name]} has waited for {age / 60:.0f} minutes."
        for name, age in state.oldest.items()
        if age is not None and age > PATIENCE.total_seconds()
    ]
    if now and (state.last_sweep is None or now - state.last_sweep > PATIENCE):
        ended = f"ended {state.last_sweep:%Y-%m-%d %H:%M} UTC" if state.last_sweep else "never ended"
        found.append(f"Expected a sweep each minute; the last one {ended}. Start beat, and a worker on queue bulk.")
    if run and run.failed:
        found.append(f"Parts of the last sweep failed, the log says why: {', '.join(run.failed)}.")
    if state.parked:
        found.append(f"{len(state.parked)} pieces of work were given up; `manage.py sweep --retry-parked` tries again.")
    return found

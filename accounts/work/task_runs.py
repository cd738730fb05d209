"""When work that comes by the clock last ran, for `worker_health`: a clock that stopped is seen by its absence."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.utils import timezone

from accounts.models import TaskRun


@contextmanager
def noting(name: str) -> Iterator[list[str]]:
    """Around one run; gives a list for the names of parts that failed. A run that raises has not ended."""
    TaskRun.objects.update_or_create(name=name, defaults={"began_at": timezone.now()})
    failed: list[str] = []
    yield failed
    TaskRun.objects.filter(name=name).update(ended_at=timezone.now(), failed=failed)

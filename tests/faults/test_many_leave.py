"""A whole company is deprovisioned while a worker runs. `python -m bench.deprovisioning` does it with 10,000 users."""

import subprocess
from urllib.parse import urlsplit

import pytest
from django.core.management import call_command

from accounts.models import AuditEntry, FormerAccess, GroupMembership, User
from bench import deprovisioning
from bench.load import Client
from bench.population import identity
from spaces.models import SpaceMembership
from tests.support.secrets_in_logs import secret

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 300
MAY_GROW = 1.2
MEGABYTES = 8


def left() -> int:
    return User.objects.exclude(clean_up_due_since=None).count()


def test_all_are_cleaned_up_and_the_worker_does_not_grow(web: str, worker: subprocess.Popen[bytes]) -> None:
    tokens = [secret(text) for text in deprovisioning.fill(PEOPLE, tokens=8)]
    people = [identity(number) for number in range(1, PEOPLE + 1)]
    clients = Client(urlsplit(web).port or 0, tokens)
    measured = deprovisioning.deprovision(clients, people, worker.pid, left)
    print(measured)
    call_command("sweep")
    assert User.objects.filter(pk__in=people, state="deprovisioned", clean_up_due_since=None).count() == PEOPLE
    assert not GroupMembership.objects.filter(user__in=people).exists()
    assert not SpaceMembership.objects.filter(user__in=people).exists()
    assert FormerAccess.objects.filter(user__in=people).count() == PEOPLE
    assert AuditEntry.objects.filter(object_id__in=people, action="user.clean-up-finished").count() == PEOPLE
    first, last = measured.growth
    assert last <= first * MAY_GROW + MEGABYTES

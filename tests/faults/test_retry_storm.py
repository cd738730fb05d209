"""An identity provider that repeats one request over and over: one row, one change, one entry in the audit log."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from accounts.audit.audit import OPERATOR
from accounts.models import AuditEntry, User
from accounts.tokens import tokens
from tests.faults.scim_client import ScimClient, person, replace
from tests.support.cast import Cast
from tests.support.secrets_in_logs import secret

pytestmark = pytest.mark.django_db(transaction=True)
CLIENTS = 10
CREATES = 200  # by each client
PATCHES = 40


@pytest.fixture
def clients(web: str, cast: Cast) -> list[ScimClient]:
    """Each with a token of its own, as the rate of one is limited."""
    texts = [
        tokens.issue_service_token(cast.acme, f"{n}", ["Manage Users"], acting=OPERATOR)[1] for n in range(CLIENTS)
    ]
    return [ScimClient(web, secret(text)) for text in texts]


def storm(clients: list[ScimClient], method: str, path: str, body: object, times: int) -> Counter[int]:
    """The same request, over and over, by all at once; the statuses of the answers."""

    def repeat(client: ScimClient) -> list[int]:
        return [client.ask(method, path, body).status_code for _ in range(times)]

    with ThreadPoolExecutor(CLIENTS) as pool:
        return Counter(status for statuses in pool.map(repeat, clients) for status in statuses)


def test_a_create_is_done_once(clients: list[ScimClient]) -> None:
    answers = storm(clients, "POST", "/Users", person("dana@acme.example", externalId="00u1"), CREATES)
    assert answers == {201: 1, 409: CLIENTS * CREATES - 1}
    dana = User.objects.get(user_name="dana@acme.example")
    assert list(AuditEntry.objects.filter(object_id=dana.pk).values_list("action", flat=True)) == ["user.created"]


def test_a_patch_to_the_same_value_is_one_change(clients: list[ScimClient]) -> None:
    dana = clients[0].create("dana@acme.example").json()
    answers = storm(clients, "PATCH", f"/Users/{dana['id']}", replace(displayName="Dana", active=False), PATCHES)
    assert answers == {200: CLIENTS * PATCHES}
    entries = AuditEntry.objects.filter(object_id=dana["id"]).order_by("at").values_list("action", flat=True)
    assert list(entries) == ["user.created", "user.deprovisioned"]  # no worker runs here
    assert User.objects.get(pk=dana["id"]).version == 2

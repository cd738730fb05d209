"""Who may sign in through a connection: a table of people by setting, for real logins and for the preview."""

import pytest

from accounts.audit.audit import OPERATOR
from accounts.deprovisioning import end_access
from accounts.models import Account, AuditEntry, Connection, ConsumedMessage, ExternalIdentity, SignedInSession, User
from accounts.sso.login.preview import preview_login
from accounts.sso.refusal import LoginRefused
from tests.conftest import LogIn
from tests.support.cast import Cast
from tests.support.commands import run
from tests.support.factories import claims, oidc_connection

pytestmark = pytest.mark.django_db

IN = "signed-in"
# Person, then what becomes of their login with just in time on, announced and off.
TABLE = [
    ("unknown", IN, "not-announced", "no-new-people"),
    ("pending", IN, IN, "no-new-people"),
    ("linked", IN, IN, IN),
    ("linkable", IN, IN, IN),
    ("deprovisioned", "deprovisioned", "deprovisioned", "deprovisioned"),
    ("deprovisioned when pending", "deprovisioned", "deprovisioned", "deprovisioned"),
]
CASES = [
    (person, setting, outcome)
    for person, *outcomes in TABLE
    for setting, outcome in zip(("on", "announced", "off"), outcomes, strict=True)
]


def prepare(cast: Cast, log_in: LogIn, entra: Connection, person: str) -> str:
    """Makes the person what the table says; gives their address."""
    email = "petra@acme.example" if "pending" in person else "dana@acme.example"
    if person in ("linked", "linkable", "deprovisioned"):
        log_in(claims(entra, email=email), entra)
    if person == "linkable":
        ExternalIdentity.objects.all().delete()
    if person.startswith("deprovisioned"):
        end_access.deprovision(User.objects.get(email=email).pk, cast.acme, acting=OPERATOR)
    return email


def outcome_of(log_in: LogIn, connection: Connection, email: str) -> str:
    try:
        user = log_in(claims(connection, email=email), connection).user
    except LoginRefused as refusal:
        return refusal.code if refusal.next_step else "refused without a next step"
    assert user.state == "active"
    return IN


@pytest.mark.parametrize(("person", "setting", "outcome"), CASES)
def test_who_comes_in(cast: Cast, log_in: LogIn, person: str, setting: str, outcome: str) -> None:
    entra = oidc_connection(cast.acme)
    email = prepare(cast, log_in, entra, person)
    entra.just_in_time = setting
    entra.save()
    assert outcome_of(log_in, entra, email) == outcome


@pytest.mark.parametrize(("setting", "outcome"), [("on", IN), ("announced", "not-announced"), ("off", "no-new-people")])
def test_the_preview_says_the_same(cast: Cast, setting: str, outcome: str) -> None:
    entra = oidc_connection(cast.acme, just_in_time=setting)
    found = preview_login(entra, {"email": "new@acme.example", "oid": "1", "preferred_username": "new@acme.example"})
    received = found.outcome if outcome == IN else found.decisions[0].partition(":")[0]
    assert received == outcome


def written() -> dict[str, int]:
    kept = (User, ExternalIdentity, ConsumedMessage, SignedInSession, AuditEntry)
    return {model.__name__: model.objects.count() for model in kept}


@pytest.mark.parametrize("person", ["unknown", "pending", "deprovisioned", "deprovisioned when pending"])
def test_a_refused_login_writes_nothing(cast: Cast, log_in: LogIn, person: str) -> None:
    entra = oidc_connection(cast.acme)
    email = prepare(cast, log_in, entra, person)
    Connection.objects.update(just_in_time="off")
    entra.refresh_from_db()
    before, people = written(), list(User.objects.order_by("id").values())
    assert outcome_of(log_in, entra, email) != IN
    assert (written(), list(User.objects.order_by("id").values())) == (before, people)


def test_create_connection_takes_the_setting(cast: Cast) -> None:
    options = ("--vendor", "other", "--protocol", "oidc", "--issuer", "https://idp.example", "--client-id", "c")
    run("create_connection", "Acme", "Strict", *options, "--just-in-time", "announced")
    run("create_connection", "Acme", "Open", *options)
    found = dict(Account.objects.get(name="Acme").connection_set.values_list("name", "just_in_time"))
    assert found == {"Strict": "announced", "Open": "on"}

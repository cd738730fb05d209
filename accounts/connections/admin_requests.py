"""Somebody asks the account admins to decide about a connection: an alert on their home page.

One open request for each connection and kind. It ends when it is done or dismissed.
"""

from django.db import models, transaction

from accounts import alerts
from accounts.audit import audit
from accounts.audit.audit import Actor
from accounts.connections.consent import check_verb
from accounts.errors import ActionRefused
from accounts.models import Alert, Connection, ConnectionDraft
from accounts.models.identity import ConnectionState
from accounts.models.work import AlertKind

LONGEST_NOTE = 200  # characters


class Request(models.TextChoices):
    """The label goes into "… asks you to {label}"; {name} is the connection's."""

    ENABLE = "enable", "enable '{name}'"
    PUBLISH = "publish", "publish the draft of '{name}'"
    DOMAIN = "domain", "add a domain to '{name}'"
    PEOPLE = "people", "change what happens when people sign in through '{name}', or which account roles it may give"
    GENERAL = "general", "change general settings of '{name}'"
    GROUPS = "groups", "allow logins through '{name}' to put people into groups with account permissions"
    DELETE = "delete", "delete '{name}'"


@transaction.atomic
def ask_an_admin(connection: Connection, what: Request, note: str = "", *, acting: Actor) -> None:
    """Raise the alert. `note`: the person's own words, such as the domain.

    Raises ActionRefused where there is nothing to decide, and while such a request is open.
    """
    _check_is_open_question(connection, what)
    sentence = f"{acting.label} asks you to {what.label.format(name=connection.name)}."
    if note := note.strip():
        sentence += f" Their note: “{_checked(note)}”"
    if alerts.raise_alert(connection.account_id, AlertKind.ADMIN_ASKED, subject_of(connection, what), sentence) is None:
        raise ActionRefused(
            "admin-request-open", "The account admins have been asked for this already, and have not answered yet."
        )
    audit.record(acting, "connection.admin-asked", connection, {"request": [None, sentence]})


@transaction.atomic
def dismiss_request(alert: Alert, *, acting: Actor) -> None:
    """Close a request without doing it. Raises PermissionsExceeded, and ActionRefused when it is closed."""
    check_verb("dismiss_request", alert.account_id, acting)
    if not Alert.objects.in_account(alert.account_id).filter(pk=alert.pk).resolve():
        raise ActionRefused("admin-request-closed", "The request is closed already: it was done or dismissed.")
    connection = Connection.objects.in_account(alert.account_id).filter(pk=connection_id_of(alert)).first()
    if connection is not None:
        audit.record(acting, "connection.request-dismissed", connection, {"request": [alert.sentence, None]})


def open_requests(connection: Connection) -> set[str]:
    """The kinds that wait for an answer."""
    waiting = Alert.objects.in_account(connection.account_id).open().filter(kind=AlertKind.ADMIN_ASKED)
    subjects = waiting.filter(subject__startswith=f"{connection.pk} ").values_list("subject", flat=True)
    return {subject.partition(" ")[2] for subject in subjects}


def answer_requests(connection: Connection, *kinds: Request) -> None:
    """Close what has been done."""
    asked = Alert.objects.in_account(connection.account_id).filter(kind=AlertKind.ADMIN_ASKED)
    asked.filter(subject__in=[subject_of(connection, kind) for kind in kinds]).resolve()


def subject_of(connection: Connection, what: Request) -> str:
    """Of the alert."""
    return f"{connection.pk} {what.value}"


def connection_id_of(alert: Alert) -> str:
    return alert.subject.partition(" ")[0]


def kind_of(alert: Alert) -> Request:
    return Request(alert.subject.partition(" ")[2])


def _check_is_open_question(connection: Connection, what: Request) -> None:
    if what is Request.ENABLE and connection.state == ConnectionState.LIVE:
        raise ActionRefused("connection-live", f"'{connection}' is live already.")
    drafts = ConnectionDraft.objects.in_account(connection.account_id)
    if what is Request.PUBLISH and not drafts.filter(connection=connection).exists():
        raise ActionRefused(
            "draft-gone", f"There is no draft of '{connection}' any more: it was published or discarded."
        )


def _checked(note: str) -> str:
    if len(note) > LONGEST_NOTE or not note.isprintable():
        raise ActionRefused(
            "admin-request-note-invalid",
            f"Expected a note of at most {LONGEST_NOTE} printable characters; received {len(note)}.",
        )
    return note

"""Where an alert leads: the page on which what it asks for can be seen and done."""

from django.urls import reverse

from accounts.connections.admin_requests import Request, connection_id_of, kind_of
from accounts.models import Alert
from accounts.models.work import AlertKind

_PAGES = {
    Request.ENABLE: "connection-enable",
    Request.PUBLISH: "connection",
    Request.DOMAIN: "connection-domains",
    Request.PEOPLE: "connection-people",
    Request.GENERAL: "connection-general",
    Request.GROUPS: "connection-people",
    Request.DELETE: "connection",
}


def address_of_alert(alert: Alert) -> str:
    """Empty where it leads nowhere."""
    if alert.kind != AlertKind.ADMIN_ASKED:
        return ""
    return reverse(_PAGES[kind_of(alert)], args=[connection_id_of(alert)])

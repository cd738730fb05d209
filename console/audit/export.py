"""The audit log of the account as a file."""

from datetime import datetime
from typing import cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts.audit import export as audit_export
from accounts.errors import ActionRefused
from accounts.models import User
from accounts.permissions import Permission
from console.shared.guards import acting, needs

CONTENT_TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson; charset=utf-8"}


@require_GET
@needs(Permission.VIEW_AUDIT_LOG)
def export(request: HttpRequest, form: str) -> HttpResponseBase:
    """`?since=` and `?until=`: ISO 8601."""
    account = cast(User, request.user).account
    try:
        since, until = _time(request, "since"), _time(request, "until")
        text = audit_export.export(account, form, since=since, until=until, acting=acting(request))
    except ActionRefused as refusal:
        return HttpResponse(str(refusal), status=400, content_type="text/plain; charset=utf-8")
    response = StreamingHttpResponse(text, content_type=CONTENT_TYPES[form])
    name = f"audit-{account.slug}-{timezone.now():%Y-%m-%d}.{form}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _time(request: HttpRequest, name: str) -> datetime | None:
    text = request.GET.get(name, "")
    return audit_export.time_of(text) if text else None

"""When trying passwords ends (R9): django-axes counts for each e-mail and address; here for an address alone too.

Without it somebody tries one password with each of a thousand e-mails, and no single count ever fills up.
"""

from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.db.models import Sum
from django.http import HttpRequest

FAILURES_OF_AN_ADDRESS = 100  # within AXES_COOLOFF_TIME; a whole office may be behind one address


class PasswordTries(AxesDatabaseHandler):  # type: ignore[misc]
    """axes' own, which also locks an address that failed too often with whatever e-mails."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        return super().is_locked(request, credentials) or _failed_too_often(request)

    def user_login_failed(
        self, sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **kwargs: Any
    ) -> None:
        super().user_login_failed(sender, credentials, request, **kwargs)
        if request is not None and _failed_too_often(request):
            vars(request).update(axes_locked_out=True, axes_credentials=credentials)  # what its middleware looks at


def _failed_too_often(request: HttpRequest) -> bool:
    recent = AccessAttempt.objects.filter(attempt_time__gte=get_cool_off_threshold(request))
    address = vars(request).get("axes_ip_address")
    if address is None:  # nobody in particular: a lock would lock everybody
        return False
    failures = recent.filter(ip_address=address).aggregate(failures=Sum("failures_since_start"))["failures"]
    return (failures or 0) >= FAILURES_OF_AN_ADDRESS

"""The yardstick: a bare Django view with two indexed queries, on the same database and server as the product.

No middleware, no checks, no log: what Django, gunicorn and PostgreSQL themselves cost on this machine just now.
"""

from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, JsonResponse
from django.urls import path

from torque_sso import settings as product

POSTGRESQL = "django.db.backends.postgresql"


def as_django_has_it(databases: dict[str, Any]) -> dict[str, Any]:
    """Django's own back end, with the checks of connections that its manual recommends for a pool."""
    return {**databases, "default": {**databases["default"], "ENGINE": POSTGRESQL, "CONN_HEALTH_CHECKS": True}}


if not settings.configured:
    settings.configure(
        SECRET_KEY=product.SECRET_KEY,
        ALLOWED_HOSTS=["*"],
        DATABASES=as_django_has_it(product.DATABASES),
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=product.INSTALLED_APPS,
        AUTH_USER_MODEL=product.AUTH_USER_MODEL,
        LOGGING_CONFIG=None,
        USE_TZ=True,
        BASE_URL=product.BASE_URL,
        ENCRYPTION_KEYS=product.ENCRYPTION_KEYS,
        SCIM_SERVICE_PROVIDER=product.SCIM_SERVICE_PROVIDER,
        SILENCED_SYSTEM_CHECKS=product.SILENCED_SYSTEM_CHECKS,
    )
application = get_wsgi_application()


def one(_request: HttpRequest, user_id: Any) -> JsonResponse:
    """A person and how many of them there are by that e-mail."""
    from accounts.models import User

    found = User.objects.filter(pk=user_id).values("id", "account_id", "email_key", "first_name", "last_name").get()
    same = User.objects.filter(account_id=found["account_id"], email_key=found["email_key"])
    return JsonResponse({**found, "times": len(same.values_list("id"))})


urlpatterns = [path("one/<uuid:user_id>", one)]

"""An OpenID provider on loopback, as django-oauth-toolkit makes it: `PROVIDER_SETTINGS=run.json python serve.py`.

It has two clients, both with code and PKCE: `confidential` and `public`.
"""

import os
from wsgiref.simple_server import make_server

import django
from django.conf import settings
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application


def make_clients():
    from oauth2_provider.models import Application

    common = {
        "redirect_uris": settings.RUN["redirect_uri"],
        "authorization_grant_type": Application.GRANT_AUTHORIZATION_CODE,
        "algorithm": Application.RS256_ALGORITHM,
        "skip_authorization": True,
    }
    kinds = {Application.CLIENT_CONFIDENTIAL: settings.RUN["secret"], Application.CLIENT_PUBLIC: ""}
    for kind, secret in kinds.items():
        Application.objects.create(client_id=kind, client_type=kind, client_secret=secret, **common)


os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
django.setup()
call_command("migrate", verbosity=0)
make_clients()
make_server("127.0.0.1", settings.RUN["port"], get_wsgi_application()).serve_forever()

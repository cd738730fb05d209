"""Django settings of the OpenID provider; what differs between runs is in the JSON file that PROVIDER_SETTINGS names.

That file holds: port, folder (for the database), key (path of a PEM), redirect_uri, secret, people (path of a JSON
file: login -> claims).
"""

import json
import os
from pathlib import Path

RUN = json.loads(Path(os.environ["PROVIDER_SETTINGS"]).read_text())
SECRET_KEY = os.urandom(32).hex()
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "provider"
USE_TZ = True
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"{RUN['folder']}/provider.sqlite3"}}
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "oauth2_provider",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
]
LOGIN_PAGE = """<form method="post">{% csrf_token %}
<input name="username"><input name="password" type="password"><button>Log in</button></form>"""
LOADERS = [
    ("django.template.loaders.locmem.Loader", {"registration/login.html": LOGIN_PAGE}),
    "django.template.loaders.app_directories.Loader",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {
            "loaders": LOADERS,
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
            ],
        },
    }
]
AUTHENTICATION_BACKENDS = ["provider.AnyPassword"]
LOGIN_URL = "/login/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
OAUTH2_PROVIDER = {
    "OIDC_ENABLED": True,
    "OIDC_RSA_PRIVATE_KEY": Path(RUN["key"]).read_text(),
    "SCOPES": {"openid": "OpenID", "profile": "Profile", "email": "E-mail", "groups": "Groups"},
    "OAUTH2_VALIDATOR_CLASS": "provider.Validator",
    "PKCE_REQUIRED": True,
}

"""Django settings, made from the typed configuration. No other module reads the environment."""

from pathlib import Path

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from torque_sso.configuration import SHORTEST_SECRET as SHORTEST_SECRET
from torque_sso.configuration import ConfigurationError, allowed_by_default, origin_of, read_configuration, words
from torque_sso.logging import LOGGING as LOGGING
from torque_sso.logging import configure_structlog

try:
    configuration = read_configuration()
except ConfigurationError as error:
    raise ImproperlyConfigured(str(error)) from None

ROOT = Path(__file__).resolve().parent.parent

SECRET_KEY = configuration.secret_key.get_secret_value()
ENCRYPTION_KEYS = words(configuration.encryption_keys.get_secret_value())
DEBUG = configuration.debug
BASE_URL = configuration.base_url
ALLOWED_HOSTS = words(configuration.allowed_hosts) or allowed_by_default(BASE_URL)
OWN_NAMES = tuple(ALLOWED_HOSTS)  # other hosts than BASE_URL's redirect to it before a sign-in (`canonical_host`)
OUTBOUND_ALLOWLIST = words(configuration.outbound_allowlist)
TRUSTED_PROXIES = words(configuration.trusted_proxies)
GRAPH_URL = configuration.graph_url
WEB_THREADS = configuration.web_threads  # of one web process: `gunicorn.conf.py` gives gunicorn as many
OVER_TLS = BASE_URL.startswith("https://")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "rest_framework",
    "accounts",
    "spaces",
    "scim",
    "console",
    "console.connections",  # for its commands, as the next
    "console.operations",
]

MIDDLEWARE = [
    "torque_sso.behind_proxy.BehindProxy",
    "scim.fast_path.ScimFastPath",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "torque_sso.middleware.NoStoreMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "torque_sso.health.HostsButForProbes",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "torque_sso.middleware.SessionLifetimeMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "torque_sso.middleware.RequestLogMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "torque_sso.urls"
WSGI_APPLICATION = "torque_sso.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "console.shared.navigation.navigation",
            ]
        },
    }
]

# --- Database -----------------------------------------------------------------------------------

_database = dj_database_url.parse(
    configuration.database_url or f"sqlite:///{configuration.state_dir / 'torque-sso.sqlite3'}"
)
if configuration.is_embedded:
    # `requirements.md` section 4: only WAL + IMMEDIATE + a timeout together give no "database is locked".
    _database["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    _database["OPTIONS"] = {
        # One connection for each thread, two for background queues.
        "pool": {"min_size": 1, "max_size": WEB_THREADS + 2, "timeout": 10},
        # Prepared: planning is more than half of what PostgreSQL spends on a look-up (`docs/decisions/0011`).
        "server_side_binding": True,
        "prepare_threshold": 3,
        **_database.get("OPTIONS", {}),
    }
    _database["ENGINE"] = "common.db.postgresql"
DATABASES = {"default": _database}

# --- Users and sessions -------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # e-mails are unique in their account, not in the installation; our back end asks for both
    "security.W008",  # the proxy redirects to https (SECURE_SSL_REDIRECT below)
    "security.W009",  # the SECRET_KEY: `torque.E003` asks for what the configuration promises
    "security.W021",  # whether a domain is preloaded is for its owner to decide
]
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesBackend",
    "accounts.authentication.AccountBackend",
    "accounts.authentication.RecoveryCodeBackend",
]
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
PASSWORD_RESET_TIMEOUT = 3600
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]

AXES_HANDLER = "accounts.passwords.tries.PasswordTries"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_USERNAME_FORM_FIELD = "username"
AXES_USERNAME_CALLABLE = "accounts.authentication.counted_name"
AXES_SENSITIVE_PARAMETERS = ["recovery_code", "recovery_secret"]  # beside "password": masked by axes
AXES_LOCKOUT_CALLABLE = "console.sign_in.sign_in.locked_out"
AXES_VERBOSE = False
# Our own records hold who logged in when; the log of axes has no room for an e-mail of more than 255 characters.
AXES_DISABLE_ACCESS_LOG = True
AXES_CLIENT_IP_CALLABLE = "common.http.client_address.client_address"

SHORT_TOKEN_MINUTES = configuration.short_token_minutes

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = OVER_TLS
# R7. `__Host-` needs Secure, which a plain http origin cannot have.
SESSION_COOKIE_NAME = "__Host-session" if OVER_TLS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if OVER_TLS else "csrf"
SIGN_IN_COOKIE_NAME = "__Host-sign-in" if OVER_TLS else "sign-in"
CSRF_COOKIE_HTTPONLY = True
# The origin that browsers send, whatever scheme a request has after a proxy.
CSRF_TRUSTED_ORIGINS = [origin_of(BASE_URL)]

# --- Browser protection (R51, R54) --------------------------------------------------------------

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if OVER_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = OVER_TLS
SECURE_HSTS_PRELOAD = False
# `torque_sso.behind_proxy` sets the scheme of a request.
SECURE_SSL_REDIRECT = False  # the proxy does it; SCIM and IdP addresses never redirect (C14)
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
# The largest answer an IdP may post (`protocol.md` 8.4 check 1); a SAML answer with 150 groups has about 45 KB.
SIGN_IN_MESSAGE_LIMIT = 256 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = ["common.http.uploads.SmallFiles"]

# --- Mail and metrics ---------------------------------------------------------------------------

# Without EMAIL_HOST no mail is sent.
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if configuration.email_host else 'dummy'}.EmailBackend"
EMAIL_HOST = configuration.email_host
EMAIL_PORT = configuration.email_port
EMAIL_USE_TLS = configuration.email_security == "starttls"
EMAIL_USE_SSL = configuration.email_security == "tls"
EMAIL_HOST_USER = configuration.email_user
EMAIL_HOST_PASSWORD = configuration.email_password.get_secret_value()
EMAIL_TIMEOUT = 5  # seconds
DEFAULT_FROM_EMAIL = configuration.email_from or "torque-sso@localhost"
METRICS_TOKEN = configuration.metrics_token.get_secret_value()

# --- Static files, languages, API ---------------------------------------------------------------

STATIC_URL = "static/"
STATICFILES_DIRS = [ROOT / "static"]
WHITENOISE_USE_FINDERS = True
LANGUAGE_CODE = "en"
USE_TZ = True
TIME_ZONE = "UTC"

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.api.asking.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["accounts.api.reading.StrictJSONParser"],
    "DEFAULT_THROTTLE_CLASSES": ["accounts.api.asking.ProgramRate"],
    "EXCEPTION_HANDLER": "accounts.api.refusals.answer_to",
}

# Read once by django-scim2 at import; only its HTTP shell is used (`docs/decisions/0006`).
_SCHEME, _, _NETLOC = BASE_URL.partition("://")
SCIM_SERVICE_PROVIDER = {"NETLOC": _NETLOC, "SCHEME": _SCHEME, "AUTHENTICATION_SCHEMES": []}
# R55: requests a second and burst of one address before it has signed in (`accounts.rate_limits`): sign-in, logout,
# guides and metadata, links that set a password, recovery; and of one token, user or address at the REST API.
SIGN_IN_REQUESTS_PER_SECOND = 100
SIGN_IN_BURST = 2_000
LOGOUT_REQUESTS_PER_SECOND = 50
LOGOUT_BURST = 1_000
DOCUMENT_REQUESTS_PER_SECOND = 50
DOCUMENT_BURST = 1_000
LINK_REQUESTS_PER_SECOND = 20
LINK_BURST = 500
RECOVERY_REQUESTS_PER_SECOND = 1
RECOVERY_BURST = 60
API_REQUESTS_PER_SECOND = 250
API_BURST = 5_000
# R55, R43: SCIM requests a second and burst of one token, and of one address without a valid token; size of a request.
SCIM_REQUESTS_PER_SECOND = 250
SCIM_BURST = 2_000
SCIM_BODY_LIMIT = 1024 * 1024
SCIM_ADDRESS_LIMIT = 8_000  # bytes; gunicorn reads request lines of 8,190
SCIM_MAX_OPERATIONS = 1_000
# Threads for what requests leave in a background queue (`common.background`); off in tests, which do it themselves.
WORK_IN_BACKGROUND = True

# --- Tasks (`requirements.md` section 4: no other combination loses nothing) --------------------

CELERY_BROKER_URL = configuration.redis_url or "memory://"
CELERY_TASK_ALWAYS_EAGER = not configuration.redis_url
CELERY_TASK_EAGER_PROPAGATES = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 0.5,
    "socket_connect_timeout": 0.5,
    # kombu's own retries before it reports the broker as down: 6 s by default, while a login waits.
    "max_retries": 0,
    "connect_retries_timeout": 1,
    "visibility_timeout": configuration.task_visibility_timeout,
    "unacked_restore_throttle": 1,
}
CELERY_TASK_SOFT_TIME_LIMIT = 60
CELERY_TASK_TIME_LIMIT = 90
# By default a worker takes from all queues in turn; `celery worker -Q access` serves one alone.
CELERY_TASK_QUEUES = {name: {"exchange": name, "routing_key": name} for name in ("access", "login", "bulk")}
CELERY_TASK_DEFAULT_QUEUE = "bulk"
CELERY_TASK_ROUTES = {
    "accounts.tasks.finish_deprovisioning": {"queue": "access"},
    "accounts.tasks.sync_groups_after_login": {"queue": "login"},
}
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "accounts.tasks.sweep", "schedule": 60.0, "options": {"expires": 60}},
    "refresh_metadata": {"task": "accounts.tasks.refresh_metadata", "schedule": 60.0, "options": {"expires": 60}},
    "warn_before_expiry": {"task": "accounts.tasks.warn_before_expiry", "schedule": crontab(hour="4", minute="20")},
    "erase_expired_users": {"task": "accounts.tasks.erase_expired_users", "schedule": 3600.0},
    "clean_request_log": {"task": "scim.tasks.clean_request_log", "schedule": 3600.0},
}

# --- Logs ---------------------------------------------------------------------------------------

LOGGING_CONFIG = "logging.config.dictConfig"
configure_structlog(LOGGING, configuration.log_format, configuration.log_level)
DJANGO_STRUCTLOG_USER_ID_FIELD = "pk"

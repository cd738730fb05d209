import os

from django.core.wsgi import get_wsgi_application

from common.db import statement_limits

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "torque_sso.settings")

application = get_wsgi_application()
statement_limits.limit_statements(statement_limits.WEB)

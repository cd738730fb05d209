"""The Celery application. Tasks are wake-up calls: what is to do stands in durable rows (`docs/architecture.md`)."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "torque_sso.settings")

app = Celery("torque_sso")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

"""The Django project: configuration, settings, URLs, middleware, health, metrics, Celery."""

from torque_sso.celery import app as celery_app

__all__ = ["celery_app"]

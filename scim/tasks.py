"""Celery's door to provisioning."""

from celery import shared_task

from scim import request_log


@shared_task  # type: ignore[untyped-decorator]
def clean_request_log() -> int:
    """Takes lines older than 30 days out of the request log; gives how many."""
    return request_log.clean()

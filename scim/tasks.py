"""Celery tasks of SCIM."""

from celery import shared_task

from scim import request_log


@shared_task  # type: ignore[untyped-decorator]
def clean_request_log() -> int:
    """Delete lines older than 30 days from the request log; return how many."""
    return request_log.clean()

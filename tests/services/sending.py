"""A message for a worker, as beat or a web process would publish it."""

from celery import Celery


def send(task: str, broker_url: str, *arguments: str) -> None:
    with Celery(broker=broker_url, set_as_current=False) as client:
        client.send_task(task, args=arguments, ignore_result=True)

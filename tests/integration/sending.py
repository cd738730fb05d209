"""A message for a worker, as beat or a web process would publish it."""

from kombu import Connection

from torque_sso.celery import app


def send(task: str, broker_url: str, *arguments: str) -> None:
    """To the queue that the product's settings name for the task."""
    with Connection(broker_url) as broker:
        app.send_task(task, args=arguments, ignore_result=True, connection=broker)

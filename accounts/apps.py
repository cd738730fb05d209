from importlib import import_module

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "accounts"

    def ready(self) -> None:
        import_module("accounts.checks")  # for `manage.py check --deploy`
        import_module("accounts.sessions")  # the receiver that gives each sign-in its row
        import_module("accounts.tasks")  # so that services' wake-up calls reach a worker (`accounts.wake_up`)

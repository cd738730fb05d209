from importlib import import_module

from django.apps import AppConfig


class SpacesConfig(AppConfig):
    name = "spaces"

    def ready(self) -> None:
        import_module("spaces.placing")  # so that deprovisioning includes spaces

from django.apps import AppConfig
from django.db.backends.signals import connection_created


class ScimConfig(AppConfig):
    name = "scim"

    def ready(self) -> None:
        """Before the first connection is made."""
        from scim.filters.text_search import teach_sqlite

        connection_created.connect(teach_sqlite)

from django.apps import AppConfig


class ScimConfig(AppConfig):
    name = "scim"

    def ready(self) -> None:
        """Before the first connection is made: SQLite has to be taught how text is folded."""
        from scim import text_search  # noqa: F401

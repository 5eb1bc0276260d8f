from django.db.models.signals import post_migrate
from oscar.core.application import OscarConfig


class SearchConfig(OscarConfig):
    name = "search"
    label = "search"
    namespace = "search"
    default = True

    def ready(self) -> None:
        from search import receivers, schema  # noqa: F401  (connects them)

        post_migrate.connect(schema.complete_schema, sender=self)

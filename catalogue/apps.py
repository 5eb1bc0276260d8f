from oscar.core.application import OscarConfig


class CatalogueConfig(OscarConfig):
    name = "catalogue"
    label = "catalogue"
    namespace = "catalogue"
    default = True

    def ready(self) -> None:
        from django.db.backends.signals import connection_created
        from oscar.apps.catalogue import receivers  # noqa: F401  (connects them)

        from catalogue.alphabet import add_to_sqlite

        connection_created.connect(add_to_sqlite)

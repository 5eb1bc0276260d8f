from oscar.core.application import OscarConfig


class CatalogueConfig(OscarConfig):
    name = "catalogue"
    label = "catalogue"
    namespace = "catalogue"
    default = True

    def ready(self) -> None:
        from oscar.apps.catalogue import receivers  # noqa: F401  (connects them)

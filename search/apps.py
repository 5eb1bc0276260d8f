from oscar.core.application import OscarConfig


class SearchConfig(OscarConfig):
    name = "search"
    label = "search"
    namespace = "search"
    default = True

    def ready(self) -> None:
        from search import receivers  # noqa: F401  (connects them)

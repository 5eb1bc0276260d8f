from django.apps import AppConfig


class CmsConfig(AppConfig):
    name = "cms"
    default = True

    def ready(self) -> None:
        from cms import receivers  # noqa: F401  (connects them)

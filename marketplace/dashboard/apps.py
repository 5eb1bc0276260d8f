from collections.abc import Callable

from django.http import HttpResponse
from django.urls import URLPattern
from oscar.apps.dashboard.apps import DashboardConfig as OscarDashboardConfig

SHOWN = {
    "order-list",
    "order-stats",
    "order-detail",
    "order-line-detail",
    "reports-index",
}


class DashboardConfig(OscarDashboardConfig):
    name = "marketplace.dashboard"

    def get_url_decorator(
        self, pattern: URLPattern
    ) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
        """For every screen, those of Oscar's parts of the dashboard included."""
        from marketplace.dashboard.views import done_elsewhere, only_shown, to_orders

        if pattern.name in SHOWN:
            return only_shown
        return lambda view: to_orders if pattern.name == "index" else done_elsewhere

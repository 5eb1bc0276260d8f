from collections.abc import Callable

from django.http import HttpResponse
from django.urls import URLPattern
from oscar.apps.dashboard.apps import DashboardConfig as OscarDashboardConfig

READ_ONLY = {
    "order-list",
    "order-stats",
    "order-detail",
    "reports-index",
}


class DashboardConfig(OscarDashboardConfig):
    name = "marketplace.office.dashboard"

    def get_url_decorator(
        self, pattern: URLPattern
    ) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
        """For every screen, those of Oscar's apps within the dashboard included."""
        from marketplace.office.dashboard import views

        if pattern.name in READ_ONLY:
            return views.read_only
        instead = (
            views.redirect_to_orders
            if pattern.name == "index"
            else views.refuse_and_explain
        )
        return lambda _oscars_view: instead

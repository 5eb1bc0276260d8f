"""Every address of the market; Vietnamese at the root, English below /en/."""

from django.apps import apps
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.conf.urls.static import static
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from cms import views as cms
from marketplace import views
from marketplace.api import api
from marketplace.page_cache import cache_anonymous_page
from marketplace.payments.urls import webhooks
from marketplace.sitemaps import SITEMAPS
from stores.urls import desk, office_points

urlpatterns = [
    path("healthz", views.healthz),
    path("readyz", views.readyz),
    path("robots.txt", views.robots),
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    path("api/", api.urls),
    path("webhooks/", include(webhooks)),
    path("editor/", include(wagtailadmin_urls)),
    *static(settings.MEDIA_URL, views.media, document_root=settings.MEDIA_ROOT),
    *i18n_patterns(
        path("", include("search.urls")),
        path("", include("marketplace.storefront.urls")),
        path("", include("marketplace.checkout.urls")),
        path("account/", include("marketplace.accounts.urls")),
        path("desk/", include("marketplace.orders.urls")),
        path("desk/", include(desk)),
        path("office/", include(office_points)),
        path("", include("marketplace.payments.urls")),
        path("", include("marketplace.accounting.urls")),
        path("", include("marketplace.tasks.urls")),
        path(
            "dashboard/",
            apps.get_app_config("dashboard").urls,  # type: ignore[attr-defined]  # Oscar's
        ),
        re_path(
            wagtail_urls.serve_pattern, cache_anonymous_page(cms.page), name="page"
        ),
        path("", include(wagtail_urls)),
        prefix_default_language=False,
    ),
]

handler403 = views.forbidden
handler404 = views.not_found

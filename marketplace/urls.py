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
from marketplace.page_cache import kept_for_strangers
from marketplace.payments.views import desk as money_desk
from marketplace.payments.views import office, pay, statements, webhooks
from marketplace.payments.views import transfers as bank_transfers
from marketplace.sitemaps import SITEMAPS
from search import views as search
from stores.urls import desk, office_points

urlpatterns = [
    path("healthz", views.healthz),
    path("readyz", views.readyz),
    path("robots.txt", views.robots),
    path("sitemap.xml", sitemap, {"sitemaps": SITEMAPS}, name="sitemap"),
    path("api/", api.urls),
    path("webhooks/stripe/", webhooks.stripe, name="stripe-webhook"),
    path("webhooks/bank/", webhooks.bank, name="bank-webhook"),
    path("editor/", include(wagtailadmin_urls)),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
    *i18n_patterns(
        path("products/suggestions/", search.suggestions, name="suggestions"),
        path("office/asked/", search.asked, name="asked"),
        path("", include("marketplace.storefront.urls")),
        path("", include("marketplace.checkout.urls")),
        path("account/", include("marketplace.accounts.urls")),
        path("desk/", include("marketplace.orders.urls")),
        path("desk/", include(desk)),
        path("office/", include(office_points)),
        path("", include("marketplace.accounting.urls")),
        path("orders/<str:number>/<str:token>/pay/", pay.pay, name="order-pay"),
        path(
            "orders/<str:number>/<str:token>/elsewhere/",
            pay.take_elsewhere,
            name="order-elsewhere",
        ),
        path(
            "desk/<slug:point>/jobs/<int:pk>/give/",
            money_desk.hand_over,
            name="desk-hand-over",
        ),
        path(
            "desk/<slug:point>/jobs/<int:pk>/delivered/",
            money_desk.delivered,
            name="desk-delivered",
        ),
        path("office/payments/", office.payments, name="office-payments"),
        path("office/payments/<int:pk>/", office.payment, name="office-payment"),
        path("office/payments/<int:pk>/refund/", office.refund, name="office-refund"),
        path("office/payments/<int:pk>/came/", office.money_came, name="office-came"),
        path(
            "office/refunds/<int:pk>/by-hand/",
            office.refund_by_hand,
            name="office-by-hand",
        ),
        path(
            "office/refunds/<int:pk>/again/", office.refund_again, name="office-again"
        ),
        path(
            "office/transfers/", bank_transfers.all_transfers, name="office-transfers"
        ),
        path(
            "office/transfers/statement/",
            statements.statement,
            name="office-statement",
        ),
        path(
            "office/transfers/<int:pk>/match/",
            bank_transfers.match_transfer,
            name="office-match",
        ),
        path(
            "office/transfers/<int:pk>/dismiss/",
            bank_transfers.dismiss_transfer,
            name="office-dismiss",
        ),
        path(
            "dashboard/",
            apps.get_app_config("dashboard").urls,  # type: ignore[attr-defined]  # Oscar's
        ),
        re_path(wagtail_urls.serve_pattern, kept_for_strangers(cms.page), name="page"),
        path("", include(wagtail_urls)),
        prefix_default_language=False,
    ),
]

handler403 = views.forbidden
handler404 = views.not_found

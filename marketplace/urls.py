"""Every address of the market; Vietnamese at the root, English below /en/."""

from django.apps import apps
from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.conf.urls.static import static
from django.contrib.auth.views import LogoutView
from django.contrib.sitemaps.views import sitemap
from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from cms import views as cms
from marketplace import views
from marketplace.accounting.views import invoices, receipt, sales
from marketplace.accounting.views import till as tills
from marketplace.accounts import views as accounts
from marketplace.api import api
from marketplace.checkout import views as checkout
from marketplace.checkout.basket import views as basket
from marketplace.orders.views import fulfilments, parcels, returns
from marketplace.page_cache import kept, kept_for_strangers
from marketplace.payments.views import fulfilments as money_desk
from marketplace.payments.views import office, pay, statements, webhooks
from marketplace.payments.views import transfers as bank_transfers
from marketplace.rates import views as rates
from marketplace.sitemaps import SITEMAPS
from marketplace.storefront import orders as order
from marketplace.storefront import views as storefront
from search import views as search
from stores.views import (
    counts,
    history,
    low,
    points,
    sheets,
    shelf,
    till,
    transfers,
    write_offs,
)
from stores.views import office as points_office

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
        path("products/", kept(search.products), name="products"),
        path("products/suggestions/", search.suggestions, name="suggestions"),
        path("products/<slug:slug>/", kept(storefront.product), name="product"),
        path("districts/", kept(storefront.districts), name="districts"),
        path("districts/<slug:slug>/", kept(storefront.district), name="district"),
        path(
            "districts/<slug:slug>/panel/",
            storefront.district_panel,
            name="district-panel",
        ),
        path("producers/<slug:slug>/", kept(storefront.producer), name="producer"),
        path("sales-points/", kept(points.points), name="points"),
        path("sales-points/mine/", points.choose_place, name="choose-place"),
        path("currency/", rates.choose_currency, name="choose-currency"),
        path("sales-points/<slug:slug>/", kept(points.point), name="point"),
        path("basket/", basket.basket, name="basket"),
        path("basket/add/", basket.add, name="basket-add"),
        path("basket/<int:line_id>/", basket.change, name="basket-line"),
        path("checkout/", checkout.checkout, name="checkout"),
        path("orders/<str:number>/<str:token>/", order.order, name="order"),
        path(
            "orders/<str:number>/<str:token>/cancel/",
            order.cancel_order,
            name="order-cancel",
        ),
        path(
            "orders/<str:number>/<str:token>/receipt/",
            receipt.receipt,
            name="order-receipt",
        ),
        path(
            "orders/<str:number>/<str:token>/receipt.pdf",
            receipt.receipt_pdf,
            name="order-receipt-pdf",
        ),
        path("orders/<str:number>/<str:token>/pay/", pay.pay, name="order-pay"),
        path(
            "orders/<str:number>/<str:token>/elsewhere/",
            pay.take_elsewhere,
            name="order-elsewhere",
        ),
        path(
            "orders/<str:number>/<str:token>/lines/<int:pk>/cancel/",
            order.cancel_line,
            name="order-cancel-line",
        ),
        path(
            "orders/<str:number>/<str:token>/more-time/",
            order.more_time,
            name="order-more-time",
        ),
        path(
            "orders/<str:number>/<str:token>/change/",
            order.change_order,
            name="order-change",
        ),
        path("account/", accounts.account, name="account"),
        path("account/sign-in/", accounts.SignIn.as_view(), name="sign-in"),
        path("account/sign-out/", LogoutView.as_view(), name="sign-out"),
        path("account/data/", accounts.export, name="account-export"),
        path("account/delete/", accounts.delete, name="account-delete"),
        path("desk/", fulfilments.desk, name="desk"),
        path("desk/<slug:point>/", fulfilments.fulfilments, name="desk-fulfilments"),
        path("desk/<slug:point>/code/", fulfilments.find, name="desk-find"),
        path(
            "desk/<slug:point>/jobs/<int:pk>/",
            fulfilments.fulfilment,
            name="desk-fulfilment",
        ),
        path(
            "desk/<slug:point>/jobs/<int:pk>/ready/",
            fulfilments.ready,
            name="desk-ready",
        ),
        path(
            "desk/<slug:point>/jobs/<int:pk>/give/",
            money_desk.hand_over,
            name="desk-hand-over",
        ),
        path(
            "desk/<slug:point>/jobs/<int:pk>/start/",
            fulfilments.start,
            name="desk-start",
        ),
        path(
            "desk/<slug:point>/jobs/<int:pk>/short/",
            fulfilments.short,
            name="desk-short",
        ),
        path(
            "desk/<slug:point>/jobs/<int:pk>/delivered/",
            money_desk.delivered,
            name="desk-delivered",
        ),
        path(
            "desk/<slug:point>/jobs/<int:pk>/tracking/",
            parcels.tracking,
            name="desk-tracking",
        ),
        path("desk/<slug:point>/parcels/", parcels.parcels, name="desk-parcels"),
        path("desk/<slug:point>/parcels/labels/", parcels.labels, name="desk-labels"),
        path("desk/<slug:point>/returns/", returns.returns, name="desk-returns"),
        path("desk/<slug:point>/sell/", till.sell, name="desk-sell"),
        path("desk/<slug:point>/sales/<int:pk>/", till.sale, name="desk-sale"),
        path("desk/<slug:point>/till/", tills.till, name="desk-till"),
        path(
            "desk/<slug:point>/till/<int:number>/",
            tills.till_close,
            name="desk-till-close",
        ),
        path("desk/<slug:point>/stale/", write_offs.stale, name="desk-stale"),
        path(
            "desk/<slug:point>/lots/<int:pk>/expire/",
            write_offs.expire,
            name="desk-expire",
        ),
        path("desk/<slug:point>/receive/", shelf.take_in, name="desk-receive"),
        path(
            "desk/<slug:point>/transfers/", transfers.transfers, name="desk-transfers"
        ),
        path(
            "desk/<slug:point>/transfers/ask/",
            transfers.ask,
            name="desk-transfer-request",
        ),
        path(
            "desk/<slug:point>/transfers/<int:pk>/",
            transfers.transfer,
            name="desk-transfer",
        ),
        path(
            "desk/<slug:point>/transfers/<int:pk>/send/",
            transfers.dispatch,
            name="desk-transfer-send",
        ),
        path(
            "desk/<slug:point>/transfers/<int:pk>/receive/",
            transfers.unpack,
            name="desk-transfer-receive",
        ),
        path(
            "desk/<slug:point>/transfers/<int:pk>/cancel/",
            transfers.call_off,
            name="desk-transfer-cancel",
        ),
        path(
            "desk/<slug:point>/transfers/<int:pk>/slip/",
            transfers.slip,
            name="desk-transfer-slip",
        ),
        path("desk/<slug:point>/shelf/", shelf.shelf, name="desk-shelf"),
        path(
            "desk/<slug:point>/shelf/file/", sheets.stock_file, name="desk-stock-file"
        ),
        path(
            "desk/<slug:point>/shelf/file/book/",
            sheets.book_file,
            name="desk-stock-file-book",
        ),
        path(
            "desk/<slug:point>/shelf/stock.csv",
            sheets.export,
            {"kind": "csv"},
            name="desk-stock-csv",
        ),
        path(
            "desk/<slug:point>/shelf/stock.xlsx",
            sheets.export,
            {"kind": "xlsx"},
            name="desk-stock-xlsx",
        ),
        path(
            "desk/<slug:point>/shelf/<int:pk>/everywhere/",
            history.everywhere,
            name="desk-everywhere",
        ),
        path("desk/<slug:point>/shelf/<int:pk>/", shelf.record, name="desk-record"),
        path(
            "desk/<slug:point>/shelf/<int:pk>/correct/",
            shelf.put_right,
            name="desk-correct",
        ),
        path(
            "desk/<slug:point>/shelf/<int:pk>/threshold/",
            low.threshold,
            name="desk-threshold",
        ),
        path("desk/<slug:point>/shelf/<int:pk>/restock/", low.ask, name="desk-restock"),
        path("desk/<slug:point>/low/", low.low, name="desk-low"),
        path("desk/<slug:point>/counts/", counts.counts, name="desk-counts"),
        path("desk/<slug:point>/counts/start/", counts.start, name="desk-count-start"),
        path("desk/<slug:point>/counts/<int:pk>/", counts.count, name="desk-count"),
        path(
            "desk/<slug:point>/counts/<int:pk>/lots/<int:batch>/",
            counts.lot,
            name="desk-count-lot",
        ),
        path(
            "desk/<slug:point>/counts/<int:pk>/book/",
            counts.book,
            name="desk-count-book",
        ),
        path(
            "desk/<slug:point>/counts/<int:pk>/abandon/",
            counts.abandon,
            name="desk-count-abandon",
        ),
        path(
            "desk/<slug:point>/shelf/<int:pk>/damage/",
            write_offs.damage,
            name="desk-damage",
        ),
        path("office/asked/", search.asked, name="asked"),
        path("office/points/", points_office.points, name="office-points"),
        path("office/points/<slug:slug>/", points_office.point, name="office-point"),
        path("office/tills/", tills.tills, name="office-tills"),
        path("office/sales/", sales.sales, name="office-sales"),
        path(
            "office/sales/sales.csv",
            sales.sales_file,
            {"kind": "csv"},
            name="office-sales-csv",
        ),
        path(
            "office/sales/sales.xlsx",
            sales.sales_file,
            {"kind": "xlsx"},
            name="office-sales-xlsx",
        ),
        path("office/invoices/", invoices.invoices, name="office-invoices"),
        path(
            "office/invoices/<int:pk>/again/",
            invoices.invoice_again,
            name="office-invoice-again",
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

"""Every address of the market; Vietnamese at the root, English below /en/."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.conf.urls.static import static
from django.contrib.auth.views import LogoutView
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls

from marketplace import views
from marketplace.accounts import views as accounts
from marketplace.basket import views as basket
from marketplace.checkout import views as checkout
from marketplace.order import views as order
from marketplace.payments.operations.take_money import take_money
from marketplace.payments.views import office, pay, webhooks
from marketplace.storefront import views as storefront
from search import views as search
from stores.views import desk, points

urlpatterns = [
    path("healthz", views.healthz),
    path("readyz", views.readyz),
    path("webhooks/stripe/", webhooks.stripe, name="stripe-webhook"),
    path("editor/", include(wagtailadmin_urls)),
    *static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT),
    *i18n_patterns(
        path("products/", search.products, name="products"),
        path("products/<slug:slug>/", storefront.product, name="product"),
        path("districts/", storefront.districts, name="districts"),
        path("districts/<slug:slug>/", storefront.district, name="district"),
        path(
            "districts/<slug:slug>/panel/",
            storefront.district_panel,
            name="district-panel",
        ),
        path("producers/<slug:slug>/", storefront.producer, name="producer"),
        path("sales-points/", points.points, name="points"),
        path("sales-points/mine/", points.choose_place, name="choose-place"),
        path("sales-points/<slug:slug>/", points.point, name="point"),
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
        path("orders/<str:number>/<str:token>/pay/", pay.pay, name="order-pay"),
        path(
            "orders/<str:number>/<str:token>/elsewhere/",
            pay.take_elsewhere,
            name="order-elsewhere",
        ),
        path("account/", accounts.account, name="account"),
        path("account/sign-in/", accounts.SignIn.as_view(), name="sign-in"),
        path("account/sign-out/", LogoutView.as_view(), name="sign-out"),
        path("account/data/", accounts.export, name="account-export"),
        path("account/delete/", accounts.delete, name="account-delete"),
        path("desk/", desk.desk, name="desk"),
        path("desk/<slug:point>/", desk.jobs, name="desk-jobs"),
        path("desk/<slug:point>/code/", desk.find, name="desk-find"),
        path("desk/<slug:point>/jobs/<int:pk>/", desk.job, name="desk-job"),
        path("desk/<slug:point>/jobs/<int:pk>/ready/", desk.ready, name="desk-ready"),
        path(
            "desk/<slug:point>/jobs/<int:pk>/give/",
            desk.give,
            {"take_money": take_money},
            name="desk-give",
        ),
        path("desk/<slug:point>/receive/", desk.take_in, name="desk-receive"),
        path("desk/<slug:point>/shelf/", desk.shelf, name="desk-shelf"),
        path("desk/<slug:point>/shelf/<int:pk>/", desk.record, name="desk-record"),
        path(
            "desk/<slug:point>/shelf/<int:pk>/correct/",
            desk.put_right,
            name="desk-put-right",
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
        path("", include(wagtail_urls)),
        prefix_default_language=False,
    ),
]

handler403 = views.forbidden
handler404 = views.not_found

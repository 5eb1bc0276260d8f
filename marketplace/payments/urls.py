"""Addresses of payments: `urlpatterns` in each language, `webhooks` in none."""

from django.urls import path

from marketplace.orders.views import fulfilments
from marketplace.payments.operations.cancel import cancel_units_and_payment
from marketplace.payments.views import desk, office, pay, transfers
from marketplace.payments.views import webhooks as webhook_views

ORDER = "orders/<str:number>/<str:token>"
FULFILMENT = "desk/<slug:point>/jobs/<int:pk>"

webhooks = [
    path("stripe/", webhook_views.stripe, name="stripe-webhook"),
    path("bank/", webhook_views.bank, name="bank-webhook"),
]
urlpatterns = [
    path(f"{ORDER}/pay/", pay.pay, name="order-pay"),
    path(f"{ORDER}/vietqr.png", pay.vietqr_picture, name="order-vietqr"),
    path(f"{ORDER}/elsewhere/", pay.switch_point, name="order-elsewhere"),
    path(f"{FULFILMENT}/give/", desk.hand_over, name="desk-hand-over"),
    path(f"{FULFILMENT}/delivered/", desk.delivered, name="desk-delivered"),
    path(
        f"{FULFILMENT}/short/",
        fulfilments.short,
        {"cancel": cancel_units_and_payment},
        name="desk-short",
    ),
    path("office/payments/", office.payments, name="office-payments"),
    path("office/payments/<int:pk>/", office.payment, name="office-payment"),
    path("office/payments/<int:pk>/refund/", office.refund, name="office-refund"),
    path("office/payments/<int:pk>/came/", office.collected, name="office-came"),
    path(
        "office/refunds/<int:pk>/by-hand/", office.refund_by_hand, name="office-by-hand"
    ),
    path("office/refunds/<int:pk>/again/", office.refund_again, name="office-again"),
    path("office/transfers/", transfers.all_transfers, name="office-transfers"),
    path("office/transfers/statement/", transfers.statement, name="office-statement"),
    path("office/transfers/<int:pk>/match/", transfers.match, name="office-match"),
    path(
        "office/transfers/<int:pk>/dismiss/", transfers.dismiss, name="office-dismiss"
    ),
]

"""The keeper's screens of what buyers ordered, below /desk/."""

from django.urls import path

from marketplace.orders.views import fulfilments, parcels, returns

POINT = "<slug:point>"
FULFILMENT = f"{POINT}/jobs/<int:pk>"

urlpatterns = [
    path("", fulfilments.desk, name="desk"),
    path(f"{POINT}/", fulfilments.fulfilments, name="desk-fulfilments"),
    path(f"{POINT}/count/", fulfilments.count, name="desk-count-jobs"),
    path(f"{POINT}/code/", fulfilments.find, name="desk-find"),
    path(f"{POINT}/orders/", fulfilments.search, name="desk-orders"),
    path(f"{POINT}/orders/<str:number>/", fulfilments.by_order, name="desk-order"),
    path(f"{FULFILMENT}/", fulfilments.fulfilment, name="desk-fulfilment"),
    path(f"{FULFILMENT}/link/", fulfilments.link, name="desk-buyer-link"),
    path(f"{FULFILMENT}/start/", fulfilments.start, name="desk-start"),
    path(f"{FULFILMENT}/ready/", fulfilments.ready, name="desk-ready"),
    path(f"{FULFILMENT}/tracking/", parcels.tracking, name="desk-tracking"),
    path(f"{POINT}/parcels/", parcels.parcels, name="desk-parcels"),
    path(f"{POINT}/parcels/labels/", parcels.labels, name="desk-labels"),
    path(f"{POINT}/returns/", returns.returns, name="desk-returns"),
]

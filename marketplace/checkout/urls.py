"""The basket and the page to order."""

from django.urls import path

from marketplace.checkout import office
from marketplace.checkout.basket import views as basket
from marketplace.checkout.views import checkout

urlpatterns = [
    path("basket/", basket.basket, name="basket"),
    path("basket/add/", basket.add, name="basket-add"),
    path("basket/<int:line_id>/", basket.change, name="basket-line"),
    path("checkout/", checkout, name="checkout"),
    path("office/buyers/", office.buyers, name="office-buyers"),
    path("office/buyers/<int:pk>/end/", office.end, name="office-buyers-end"),
]

"""The public pages; those without personal content are cached for all visitors."""

from django.urls import path

from marketplace.page_cache import cache_public_page
from marketplace.rates.views import choose_currency
from marketplace.storefront import orders, views
from search import views as search
from stores.views import points

ORDER = "orders/<str:number>/<str:token>"

urlpatterns = [
    path("products/", cache_public_page(search.products), name="products"),
    path("products/<slug:slug>/", cache_public_page(views.product), name="product"),
    path("districts/", cache_public_page(views.districts), name="districts"),
    path("districts/<slug:slug>/", cache_public_page(views.district), name="district"),
    path("districts/<slug:slug>/panel/", views.district_panel, name="district-panel"),
    path("producers/<slug:slug>/", cache_public_page(views.producer), name="producer"),
    path("sales-points/", cache_public_page(points.points), name="points"),
    path("sales-points/mine/", points.choose_place, name="choose-place"),
    path("sales-points/<slug:slug>/", cache_public_page(points.point), name="point"),
    path("currency/", choose_currency, name="choose-currency"),
    path("orders/", orders.find, name="find-order"),
    path(f"{ORDER}/", orders.order, name="order"),
    path(f"{ORDER}/cancel/", orders.cancel, name="order-cancel"),
    path(
        f"{ORDER}/lines/<int:pk>/cancel/", orders.cancel_line, name="order-cancel-line"
    ),
    path(f"{ORDER}/more-time/", orders.more_time, name="order-more-time"),
    path(f"{ORDER}/change/", orders.change, name="order-change"),
]

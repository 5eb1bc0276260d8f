from django.http import HttpRequest
from oscar.apps.basket import middleware

from marketplace.checkout.basket.models import Basket
from stores.middleware import ShopRequest


class BasketRequest(ShopRequest):
    """A request with its basket; for type annotations only."""

    basket: Basket


class BasketMiddleware(middleware.BasketMiddleware):
    """Oscar's basket on the request, without a query for offers on every page."""

    def apply_offers_to_basket(self, request: HttpRequest, basket: Basket) -> None:
        """The market has no offers: a price is the maker's price."""

"""Price and availability of a basket line."""

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils import timezone
from oscar.apps.partner import availability, strategy
from oscar.apps.partner.prices import FixedPrice, Unavailable

from catalogue.models import Product
from stores.partner.models import StockRecord

if TYPE_CHECKING:
    from oscar.apps.basket.models import Line  # noqa: TID251  (marketplace's fork)


class Selector:
    """Oscar asks it for a strategy at the start of each request."""

    def strategy(self, request: object = None, user: object = None) -> "Market":
        return Market(on=timezone.localdate())


class Market(strategy.UseFirstStockRecord, strategy.StockRequired, strategy.Structured):
    """One price everywhere, tax included; whole dong.

    What may be sold and what is free is asked for all lines at once by the basket's
    page and by the placing of an order, so this class answers from what is loaded.
    """

    def __init__(self, *, on: dt.date) -> None:
        super().__init__()
        self.on = on

    def fetch_for_line(
        self, line: "Line", stockrecord: StockRecord | None = None
    ) -> strategy.PurchaseInfo:
        """A line keeps the shelf it was put in from."""
        return self.fetch_for_product(line.product, stockrecord=line.stockrecord)

    def pricing_policy(
        self, product: Product, stockrecord: StockRecord | None
    ) -> FixedPrice | Unavailable:
        if stockrecord is None:
            return Unavailable()
        return FixedPrice(
            currency="VND", excl_tax=Decimal(product.price_vnd), tax=Decimal(0)
        )

    def availability_policy(
        self, product: Product, stockrecord: StockRecord | None
    ) -> availability.Base:
        if stockrecord is None or product.is_service:
            return availability.Unavailable()
        return availability.StockRequired(stockrecord.net_stock_level)

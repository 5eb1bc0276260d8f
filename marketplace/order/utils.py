"""How orders get their number, and how they get their goods."""

import secrets

from django.utils import timezone
from oscar.apps.order import utils

from marketplace.basket.models import Basket, Line
from marketplace.order.models import Order
from stores.operations.reserve import reserve


class OrderNumberGenerator(utils.OrderNumberGenerator):
    def order_number(self, basket: Basket | None = None) -> str:
        """QN- and seven random digits that no order has yet."""
        while True:
            number = f"QN-{secrets.randbelow(9_000_000) + 1_000_000}"
            if not Order.objects.filter(number=number).exists():
                return number


class OrderCreator(utils.OrderCreator):
    def update_stock_records(self, line: Line) -> None:
        """Hold the goods of a line; Oscar's own way adds without a ceiling.

        Called for each line in the order of the shelves' ids, inside the transaction
        that writes the order. Raises NotEnoughStock, which undoes it all.
        """
        reserve(lines={line.stockrecord_id: line.quantity}, on=timezone.localdate())

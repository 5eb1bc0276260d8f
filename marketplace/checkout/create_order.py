"""Oscar's order, made from lines whose goods are reserved by us."""

import secrets
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from oscar.apps.order import utils
from oscar.apps.order.signals import order_placed

from catalogue.vat import vat_in
from marketplace.checkout.basket.models import Basket
from marketplace.checkout.basket.models import Line as BasketLine
from marketplace.orders.models import Line, LinePrice, Order


def new_order_number() -> str:
    """QN- and seven random digits that no order has yet."""
    while True:
        number = f"QN-{secrets.randbelow(9_000_000) + 1_000_000}"
        if not Order.objects.filter(number=number).exists():
            return number


class OrderCreator(utils.OrderCreator):
    """Oscar's order, written in three statements however many lines it has.

    The market has no vouchers, offers or options, which Oscar queries at every line.
    """

    @transaction.atomic
    def place_order(  # type: ignore[override]  # the lines are given
        self,
        *,
        basket: Basket,
        lines: Sequence[BasketLine],
        vat: Mapping[int, str],
        **kwargs: Any,
    ) -> tuple[Order, list[Line]]:
        """The order of these basket lines, whose product and shelf are loaded.

        `vat` maps product id to the rate of VAT of the day. `kwargs` are those of
        Oscar's `create_order_model`.
        """
        order: Order = self.create_order_model(
            basket=basket, billing_address=None, **kwargs
        )
        written = Line.objects.bulk_create(
            [
                self.build_line(order, line, basket, vat[line.product.pk])
                for line in lines
            ]
        )
        LinePrice.objects.bulk_create(
            LinePrice(
                order=order,
                line=line,
                quantity=line.quantity,
                price_incl_tax=line.unit_price_incl_tax or 0,
                price_excl_tax=line.unit_price_excl_tax or 0,
            )
            for line in written
        )
        for basket_line in sorted(lines, key=lambda line: line.stockrecord_id):
            self.update_stock_records(basket_line)
        order_placed.send(sender=self, order=order, user=kwargs["user"])
        return order, written

    def build_line(
        self, order: Order, line: BasketLine, basket: Basket, rate: str
    ) -> Line:
        """An order line at today's price and rate of VAT."""
        product, record = line.product, line.stockrecord
        price = basket.strategy.pricing_policy(product, record)
        each, all_of_it = price.incl_tax, price.incl_tax * line.quantity
        net = Decimal(all_of_it - vat_in(int(all_of_it), rate))
        return Line(
            order=order,
            partner=record.partner,
            partner_name=record.partner.name,
            partner_sku=record.partner_sku,
            stockrecord=record,
            product=product,
            title=product.get_title(),
            upc=product.upc,
            quantity=line.quantity,
            line_price_excl_tax=net,
            line_price_incl_tax=all_of_it,
            line_price_before_discounts_excl_tax=net,
            line_price_before_discounts_incl_tax=all_of_it,
            unit_price_incl_tax=each,
            unit_price_excl_tax=Decimal(each - vat_in(int(each), rate)),
            tax_code=rate,
            num_allocated=line.quantity,
            status=order.status,
        )

    def update_stock_records(self, line: BasketLine) -> None:
        """Leave the stock records alone: `place_order` reserves the goods.

        Oscar's own code allocates without an upper limit.
        """

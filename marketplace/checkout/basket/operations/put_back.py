"""Put the goods of an unpaid order back in a basket."""

import datetime as dt

from django.db import transaction

from catalogue.models import Product
from marketplace.checkout.basket.models import Basket
from marketplace.checkout.basket.operations.lock_open import NoLongerOpen, lock_open
from marketplace.checkout.basket.operations.put_in import NotForSale, NotThatMany, OnNoShelf, put_in
from marketplace.orders.models import Order
from marketplace.orders.models import Fulfilment
from marketplace.orders.operations.fulfil import WrongFulfilmentStatus
from marketplace.orders.operations.cancel import cancel_order

__all__ = ["NoLongerOpen", "NotInThatState", "put_back"]


@transaction.atomic
def put_back(*, order: Order, basket: Basket, at: dt.datetime) -> list[Product]:
    """Call the order off and add its goods to the basket, from the same points.

    Of a lapsed order the goods are added alike. Returns what could not be put in,
    because it is no longer sold or fewer are free; as many as there are go in.

    Raises NoLongerOpen, or NotInThatState when the order neither awaits payment nor
    has lapsed.
    """
    if basket.pk is None:
        basket.save()
    else:
        lock_open(basket)
    fulfilments = list(order.fulfilments.select_related("point"))
    statuses = {fulfilment.status for fulfilment in fulfilments}
    if Fulfilment.Status.AWAITING_PAYMENT in statuses:
        cancel_order(order=order, at=at)
    elif statuses != {Fulfilment.Status.LAPSED}:
        raise WrongFulfilmentStatus(fulfilments[0])
    left_out = []
    for fulfilment in fulfilments:
        for part in fulfilment.parts.select_related("record__product"):
            product, units = part.record.product, part.units
            try:
                put_in(
                    basket=basket,
                    product=product,
                    quantity=units,
                    at=at,
                    point=fulfilment.point,
                )
            except NotThatMany as few:
                left_out.append(product)
                there = basket.lines.filter(product=product).first()
                more = few.record.free - (there.quantity if there else 0)
                if more > 0:
                    put_in(
                        basket=basket,
                        product=product,
                        quantity=more,
                        at=at,
                        point=fulfilment.point,
                    )
            except (NotForSale, OnNoShelf):
                left_out.append(product)
    return left_out

"""The orders of the demonstration's buyer, placed and fulfilled by the operations."""

import datetime as dt

from catalogue.models import Product
from marketplace.accounts.models import User
from marketplace.checkout.basket.models import Basket
from marketplace.checkout.basket.operations import add_to_basket
from marketplace.checkout.place_order import OrderRequest, place_order
from marketplace.checkout.plan import Delivery
from marketplace.orders.models import Fulfilment, Order
from marketplace.orders.operations.fulfil import mark_ready, prepare
from marketplace.payments.operations.collect import hand_over_and_collect
from stores.models import SalesPoint

HOI_AN, TIEN_PHUOC = "trung-tam-ocop-hoi-an", "trung-tam-ocop-tien-phuoc"


def load_orders(
    *, points: dict[str, SalesPoint], products: dict[str, Product], now: dt.datetime
) -> None:
    """One order handed over, one packed and one to be packed, if there is none yet."""
    buyer = User.objects.get(email="buyer@demo.test")
    if Order.objects.filter(user=buyer).exists():
        return

    def place(point: str, goods: dict[str, int], *, ago: dt.timedelta) -> Fulfilment:
        basket = Basket()
        for slug, units in goods.items():
            add_to_basket(
                basket=basket,
                product=products[slug],
                quantity=units,
                at=now - ago,
                point=points[point],
            )
        delivery = Delivery(Fulfilment.DeliveryMethod.PICKUP, point=points[point])
        order = place_order(
            basket_id=basket.pk,
            request=OrderRequest(delivery, name=buyer.get_full_name(), language="vi"),
            now=now - ago,
        )
        fulfilment: Fulfilment = order.fulfilments.get()
        return fulfilment

    keeper = User.objects.get(email="hoi-an@demo.test")
    collected = place(HOI_AN, {"den-long-de-lantana": 1}, ago=dt.timedelta(days=6))
    later = now - dt.timedelta(days=5)
    mark_ready(fulfilment=collected, at=later - dt.timedelta(hours=20))
    hand_over_and_collect(
        fulfilment=collected, code=collected.code, actor=keeper, paid_by="", at=later
    )
    packed = place(HOI_AN, {"tra-rung-cu-lao-cham": 2}, ago=dt.timedelta(hours=5))
    prepare(fulfilment=packed, actor=keeper, at=now - dt.timedelta(hours=4))
    mark_ready(fulfilment=packed, at=now - dt.timedelta(hours=3))
    coming = place(TIEN_PHUOC, {"tieu-tien-phuoc": 1}, ago=dt.timedelta(hours=1))

    # The buyer is set last, so that loading the demonstration sends no emails.
    placed = [fulfilment.order_id for fulfilment in (collected, packed, coming)]
    Order.objects.filter(pk__in=placed).update(user=buyer)

"""Turn a basket into an order whose goods are held."""

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from oscar.apps.address.models import Country
from oscar.apps.payment.models import Source, SourceType
from oscar.core.prices import Price

from catalogue.models import Product
from catalogue.vat import VatKind, rate_on, vat_in
from marketplace.accounts.models import User
from marketplace.checkout.basket.models import Basket
from marketplace.checkout.basket.queries import Contents, basket_contents
from marketplace.checkout.plan import (
    CannotBe,
    Leads,
    NotByThen,
    Part,
    parcels,
    pickup,
    postage_of,
    room,
    room_on,
)
from marketplace.orders.models import Order, ShippingAddress
from marketplace.checkout.operations.create_order import OrderCreator, OrderNumberGenerator
from marketplace.payments.models import Payment
from marketplace.payments.operations.ask import expect
from marketplace.orders.postage import PROVINCES, TooHeavy
from marketplace.orders.letters import write_to_buyer
from marketplace.orders.models import Fulfilment, FulfilmentLine, Hold
from stores.models import SalesPoint
from marketplace.orders.operations.confirm import request_order_transfers
from marketplace.orders.operations.hold import end_hold
from stores.operations.reserve import NotEnoughStock, reserve
from stores.partner.models import StockRecord
from stores.partner.strategy import Market
from stores.queries.points import open_points
from stores.queries.transfers import lead_times

__all__ = [
    "AgeNotSaid",
    "AlreadyOrdered",
    "BasketIsEmpty",
    "CannotBe",
    "NoLongerSold",
    "NotByThen",
    "NotEnoughStock",
    "TooHeavy",
    "Wish",
    "place_order",
]


class BasketIsEmpty(Exception):
    pass


class AlreadyOrdered(Exception):
    """The basket has become an order before; `order` is that order."""

    def __init__(self, order: Order) -> None:
        super().__init__(order.number)
        self.order = order


class NoLongerSold(Exception):
    """The certificates of these products ended since they were put in."""

    def __init__(self, products: list[Product]) -> None:
        super().__init__(", ".join(product.slug for product in products))
        self.products = products


class AgeNotSaid(Exception):
    """Alcohol is sold to buyers who say that they are 18 or over."""


@dataclass(frozen=True)
class Wish:
    """How the buyer wants the goods, and who she is.

    `payment` is one of `Payment.Way`, or empty for on receipt.

    `hotel`, `room` and `handover_on` belong to room delivery, `line1`, `ward` and
    `province` (a slug of PROVINCES) to the post, `point` to pick-up.
    """

    way: str
    name: str
    language: str
    phone: str = ""
    email: str = ""
    point: SalesPoint | None = None
    hotel: SalesPoint | None = None
    room: str = ""
    handover_on: dt.date | None = None
    line1: str = ""
    ward: str = ""
    province: str = ""
    payment: str = ""
    adult: bool = False
    note: str = ""
    user: User | None = None


class Way:
    """What Oscar's order keeps of how it is received."""

    def __init__(self, wish: Wish) -> None:
        self.code = wish.way
        self.name = Fulfilment.DeliveryMethod(wish.way).label


@transaction.atomic
def place_order(
    *,
    basket_id: int,
    wish: Wish,
    now: dt.datetime,
    pay_until: dt.datetime | None = None,
    instead_of: Order | None = None,
) -> Order:
    """Write the order, hold its goods, and tell the buyer once it is certain.

    What lies at another point is held there, and asked for once the order is certain.
    All or nothing. The basket's row is locked first, so that a form sent twice makes
    one order. With `pay_until` the order awaits payment and keeps its goods until
    then; without, the money is expected on receipt, and that is written too.
    `instead_of` is an earlier order of this buyer that she has not paid: its hold ends
    first, so that it is never in her own way.

    Raises AlreadyOrdered, BasketIsEmpty, NoLongerSold, AgeNotSaid, CannotBe, TooHeavy,
    NotByThen, or NotEnoughStock when somebody was quicker.
    """
    today = timezone.localdate(now)
    basket = Basket.objects.select_for_update().get(pk=basket_id)
    if basket.status != Basket.OPEN:
        before = Order.objects.filter(basket=basket).first()
        raise AlreadyOrdered(before) if before else BasketIsEmpty
    if instead_of:
        end_hold(order=instead_of, at=now)
    points = open_points()
    contents = basket_contents(basket, points=points, place=wish.point, now=now, on=today)
    check(contents, wish)
    at = wish.point or wish.hotel
    leads = lead_times(to=[at]) if at else {}
    parts = parts_of(contents, wish, points, leads=leads, now=now)
    postage_vnd = (
        postage_of(parts, wish.province).price_vnd
        if wish.way == Fulfilment.DeliveryMethod.POST
        else 0
    )
    take_from(parts)
    basket.strategy = Market(on=today)
    rates = vat_rates(parts, on=today)
    postage_rate = rate_on(VatKind.STANDARD, today)
    vat_vnd = vat_in(postage_vnd, postage_rate) + sum(
        vat_in(line.price_vnd, rates[line.product.pk]) for line in contents.lines
    )
    order = OrderCreator().place_order(
        basket=basket,
        lines=[line.line for part in parts for line in part.lines],
        vat=rates,
        total=price_of(contents.total_vnd + postage_vnd, vat_vnd),
        shipping_method=Way(wish),
        shipping_charge=price_of(
            postage_vnd, vat_in(postage_vnd, postage_rate), postage_rate
        ),
        user=wish.user,
        shipping_address=address_of(wish),
        order_number=OrderNumberGenerator().order_number(basket),
        date_placed=now,
        guest_email=wish.email,
        status=Fulfilment.Status.AWAITING_PAYMENT
        if pay_until
        else Fulfilment.Status.CONFIRMED,
    )
    fulfilments = write_jobs(order, parts, wish, pay_until)
    by_post = wish.way == Fulfilment.DeliveryMethod.POST
    payment = wish.payment or (Payment.Way.COD if by_post else Payment.Way.POINT)
    Source.objects.create(
        order=order,
        source_type=SourceType.objects.get_or_create(
            code=payment, defaults={"name": payment}
        )[0],
        currency="VND",
        amount_allocated=order.total_incl_tax,
    )
    basket.submit()
    reserve(lines=units_of(parts), at=now)  # last: others wait no longer than needed
    if not pay_until:
        request_order_transfers(order=order, at=now)
        expect(order=order, way=payment, at=now)
        write_to_buyer(fulfilment=fulfilments[0], news="confirmed")
    return order


def check(contents: Contents, wish: Wish) -> None:
    if not contents.lines:
        raise BasketIsEmpty
    lapsed = [line.product for line in contents.lines if line.card is None]
    if lapsed:
        raise NoLongerSold(lapsed)
    if contents.has_alcohol and not wish.adult:
        raise AgeNotSaid


def parts_of(
    contents: Contents,
    wish: Wish,
    points: list[SalesPoint],
    *,
    leads: Leads,
    now: dt.datetime,
) -> list[Part]:
    if wish.way == Fulfilment.DeliveryMethod.PICKUP and wish.point:
        return [pickup(contents, wish.point, leads=leads, now=now)]
    if wish.way == Fulfilment.DeliveryMethod.ROOM and wish.hotel and wish.handover_on:
        part = room(contents, wish.hotel, leads=leads, now=now)
        return [room_on(part, wish.handover_on, now=now)]
    if wish.way == Fulfilment.DeliveryMethod.POST:
        return parcels(contents, points)
    raise ValueError(f"“{wish.way}” is no way, or the wish lacks its point or hotel")


def take_from(parts: list[Part]) -> None:
    """Let every line of the basket come from the shelf that its part takes it from."""
    records = {
        (record.partner_id, record.product_id): record
        for record in StockRecord.objects.filter(
            partner__in=[
                point.partner_id
                for part in parts
                for point in [part.point, *part.sources]
            ],
            product__in=[line.product.pk for part in parts for line in part.lines],
        ).select_related("partner")
    }
    for part in parts:
        for line in part.lines:
            source = part.source_of(line)
            line.line.stockrecord = records[source.partner_id, line.product.pk]


def units_of(parts: list[Part]) -> dict[int, int]:
    """Stock record id to the units that the basket wants of it."""
    return {
        line.line.stockrecord_id: line.quantity for part in parts for line in part.lines
    }


def write_jobs(
    order: Order, parts: list[Part], wish: Wish, pay_until: dt.datetime | None
) -> list[Fulfilment]:
    """One job for each point; the postage is collected with the first parcel."""
    shipping = int(order.shipping_incl_tax)
    status = Fulfilment.Status.CONFIRMED
    hold = None
    if pay_until:
        status = Fulfilment.Status.AWAITING_PAYMENT
        hold = Hold.objects.create(order=order, until=pay_until)
    fulfilments = [
        Fulfilment.objects.create(
            order=order,
            point=part.point,
            way=wish.way,
            status=status,
            name=wish.name,
            phone=wish.phone,
            language=wish.language,
            hotel=wish.hotel,
            room=wish.room,
            handover_on=wish.handover_on,
            note=wish.note,
            promised_at=part.ready_at,
            to_collect_vnd=part.price_vnd + (0 if number else shipping),
        )
        for number, part in enumerate(parts)
    ]
    lines = dict(order.lines.values_list("product", "pk"))
    FulfilmentLine.objects.bulk_create(
        FulfilmentLine(
            fulfilment=fulfilment,
            line_id=lines[line.product.pk],
            record_id=line.line.stockrecord_id,
            hold=hold,
            units=line.quantity,
            allocated=line.quantity,
        )
        for fulfilment, part in zip(fulfilments, parts, strict=True)
        for line in part.lines
    )
    return fulfilments


def vat_rates(parts: list[Part], *, on: dt.date) -> dict[int, str]:
    """Product id to the rate of VAT at which the point that hands it over sells it."""
    return {
        line.product.pk: part.point.vat_rate_of(line.product, on=on)
        for part in parts
        for line in part.lines
    }


def price_of(amount_vnd: int, vat_vnd: int, rate: str | None = None) -> Price:
    """Whole dong with the VAT in them, in Oscar's clothes."""
    net = Decimal(amount_vnd - vat_vnd)
    return Price(currency="VND", excl_tax=net, tax=Decimal(vat_vnd), tax_code=rate)


def address_of(wish: Wish) -> ShippingAddress | None:
    if wish.way != Fulfilment.DeliveryMethod.POST:
        return None
    country, _created = Country.objects.get_or_create(
        iso_3166_1_a2="VN",
        defaults={
            "printable_name": "Việt Nam",
            "name": "Việt Nam",
            "is_shipping_country": True,
        },
    )
    return ShippingAddress.objects.create(
        first_name=wish.name,
        line1=wish.line1,
        line3=wish.ward,
        line4=PROVINCES[wish.province][0],
        state=wish.province,
        country=country,
        phone_number=wish.phone,
        notes=wish.note,
    )

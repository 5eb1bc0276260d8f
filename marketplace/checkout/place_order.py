"""Turn a basket into an order whose goods are reserved."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from oscar.apps.address.models import Country
from oscar.apps.payment.models import Source, SourceType
from oscar.core.prices import Price

from catalogue.refusals import Refusal
from catalogue.vat import VatKind, rate_on, vat_in
from marketplace.checkout.basket.models import Basket
from marketplace.checkout.basket.queries import basket_contents
from marketplace.checkout.create_order import OrderCreator, new_order_number
from marketplace.checkout.limits import check_unpaid_limits
from marketplace.checkout.plan import (
    CertificateEnded,
    Delivery,
    Method,
    NotDeliverable,
    Planner,
    Shipment,
)
from marketplace.checkout.quote import (
    Quote,
    QuoteChanged,
    describe_total,
    find_differences,
    find_quote,
    limit_to_quote,
    make_quote,
)
from marketplace.orders.letters import write_confirmation
from marketplace.orders.models import (
    Fulfilment,
    FulfilmentLine,
    Hold,
    Line,
    Order,
    ShippingAddress,
)
from marketplace.orders.operations.confirm import request_order_transfers
from marketplace.orders.operations.hold import end_hold
from marketplace.orders.postage import PROVINCES
from marketplace.payments.models import PaymentMethod
from marketplace.payments.operations.start_payment import create_payment_on_receipt
from stores.models import Reservation
from stores.operations.reserve import reserve
from stores.partner.models import StockRecord
from stores.partner.strategy import Market
from stores.queries.points import open_points

if TYPE_CHECKING:
    from django.contrib.auth.models import _User


UNAVAILABLE = (CertificateEnded, NotDeliverable)
"""Refusals of goods, after which the rest of the basket may still be ordered."""


class BasketIsEmpty(Refusal):
    message = ""


class AlreadyOrdered(Refusal):
    """The basket has become an order before; `order` is that order."""

    message = ""

    def __init__(self, order: Order) -> None:
        super().__init__(order)
        self.order = order


@dataclass(frozen=True)
class OrderRequest:
    """How the buyer wants the goods, and who they are.

    `room` belongs to room delivery, `line1` and `ward` to the post. `payment` is a
    value of PaymentMethod, or empty for payment on receipt. `own_orders` are the ids of
    orders that the same browser placed or looked up. `quotes` is what the page
    carried of the quotes that it showed, or empty; `total_vnd` is the sum on its
    button, which without script is that of the place chosen before.
    """

    delivery: Delivery
    name: str
    language: str
    phone: str = ""
    email: str = ""
    room: str = ""
    line1: str = ""
    ward: str = ""
    payment: str = ""
    adult: bool = False
    note: str = ""
    user: "_User | None" = None
    own_orders: Sequence[int] = ()
    quotes: str = ""
    total_vnd: int | None = None


class ShippingMethod:
    """What Oscar's order records of the delivery method."""

    def __init__(self, delivery: Delivery) -> None:
        self.code = delivery.method
        self.name = Fulfilment.DeliveryMethod(delivery.method).label


@transaction.atomic
def place_order(
    *,
    basket_id: int,
    request: OrderRequest,
    now: dt.datetime,
    pay_until: dt.datetime | None = None,
    replaced_order: Order | None = None,
) -> Order:
    """Write the order, reserve its goods, and write to the buyer once it is confirmed.

    Only this function decides what may be ordered. Goods at another point are reserved
    there, and their transfer is requested once the order is confirmed. All or nothing.
    The basket's row is locked first, so that a form submitted twice makes one order.
    With `pay_until` the order awaits payment and holds its goods until then; without,
    the money is expected on receipt. `replaced_order` is an earlier order of this buyer
    they have not paid: its hold ends first.

    Raises AlreadyOrdered, BasketIsEmpty, QuoteChanged when the order would not be what
    the page showed, what `Planner.refusals` finds, or NotEnoughStock when somebody was
    quicker.
    """
    basket = Basket.objects.select_for_update().get(pk=basket_id)
    if basket.status != Basket.OPEN:
        before = Order.objects.filter(basket=basket).first()
        raise AlreadyOrdered(before) if before else BasketIsEmpty
    if replaced_order:
        end_hold(order=replaced_order, at=now)
    delivery = request.delivery
    planner = plan_basket(basket, request, now)
    shipments = planner.shipments(delivery)
    check_unpaid_limits(
        request=request,
        units={line.product: line.quantity for line in planner.contents.lines},
        at=now,
        replaced_order=replaced_order,
    )
    take_from_shelves(shipments)
    postage = planner.postage(delivery)
    order, lines = create_order(
        basket,
        shipments,
        request,
        postage_vnd=postage.price_vnd if postage else 0,
        pay_until=pay_until,
        now=now,
    )
    fulfilments = create_fulfilments(order, lines, shipments, request, pay_until)
    by_post = delivery.method == Method.POST
    payment = request.payment or (PaymentMethod.COD if by_post else PaymentMethod.POINT)
    Source.objects.create(
        order=order,
        source_type=SourceType.objects.get_or_create(
            code=payment, defaults={"name": payment}
        )[0],
        currency="VND",
        amount_allocated=order.total_incl_tax,
    )
    basket.submit()
    # Last, so that others wait no longer than needed.
    reserve(
        lines={
            line.line.stockrecord_id: line.quantity
            for shipment in shipments
            for line in shipment.lines
        },
        at=now,
    )
    if not pay_until:
        request_order_transfers(order=order, at=now)
        create_payment_on_receipt(order=order, method=payment, at=now)
        write_confirmation(fulfilments)
    return order


def plan_basket(basket: Basket, request: OrderRequest, now: dt.datetime) -> Planner:
    """The plan of what the buyer accepted, checked against what the page showed.

    Raises BasketIsEmpty, QuoteChanged, or the first of what `Planner.refusals` finds.
    """
    delivery, points = request.delivery, open_points()
    contents = basket_contents(
        basket,
        points=points,
        place=delivery.point,
        now=now,
        on=timezone.localdate(now),
    )
    if not contents.lines:
        raise BasketIsEmpty
    quantities = contents.quantities
    accepted = find_quote(request.quotes, delivery, basket_id=basket.pk)
    if accepted:
        contents = limit_to_quote(contents, accepted)
    planner = Planner(contents, points=points, now=now)
    refusals = planner.refusals(delivery, adult=request.adult)
    if accepted:
        check_quote(accepted, planner, request, quantities, refusals)
    if refusals:
        raise refusals[0]
    return planner


def check_quote(
    accepted: Quote,
    planner: Planner,
    request: OrderRequest,
    basket: Mapping[int, int],
    refusals: list[Refusal],
) -> None:
    """Raise QuoteChanged where what can be had now is not what was accepted.

    It is what is left of the goods where some of them cannot be had any more; where
    nothing can be ordered at all, the refusals say so.
    """
    delivery = request.delivery
    goods = [str(one) for one in refusals if isinstance(one, UNAVAILABLE)]
    offer = planner.limited_to_available(delivery) if goods else planner
    try:
        current = make_quote(offer, delivery, basket)
    except Refusal:
        return
    differences = goods + find_differences(accepted, current) if current.lines else []
    if not differences and request.total_vnd not in (None, current.total_vnd):
        differences = [describe_total(current)]
    if differences:
        raise QuoteChanged(differences)


def take_from_shelves(shipments: list[Shipment]) -> None:
    """Let every line come from the stock record that its shipment takes it from."""
    partners = {
        point.partner_id
        for shipment in shipments
        for point in [shipment.point, *shipment.sources.values()]
    }
    products = [line.product.pk for shipment in shipments for line in shipment.lines]
    records = {
        (record.partner_id, record.product_id): record
        for record in StockRecord.objects.filter(
            partner__in=partners, product__in=products
        ).select_related("partner")
    }
    for shipment in shipments:
        for line in shipment.lines:
            source = shipment.get_source(line)
            line.line.stockrecord = records[source.partner_id, line.product.pk]
            line.line.quantity = line.quantity


def create_order(
    basket: Basket,
    shipments: list[Shipment],
    request: OrderRequest,
    *,
    postage_vnd: int,
    pay_until: dt.datetime | None,
    now: dt.datetime,
) -> tuple[Order, list[Line]]:
    """Oscar's order with its lines, address and VAT, at the prices of the day."""
    today = timezone.localdate(now)
    basket.strategy = Market(on=today)
    delivery = request.delivery
    postage_rate = rate_on(VatKind.STANDARD, today)
    postage_vat = vat_in(postage_vnd, postage_rate)
    rates = {
        line.product.pk: shipment.point.get_vat_rate(line.product, on=today)
        for shipment in shipments
        for line in shipment.lines
    }
    lines = [line for shipment in shipments for line in shipment.lines]
    vat_vnd = postage_vat + sum(
        vat_in(line.price_vnd, rates[line.product.pk]) for line in lines
    )
    total_vnd = postage_vnd + sum(line.price_vnd for line in lines)
    return OrderCreator().place_order(
        basket=basket,
        lines=[line.line for line in lines],
        vat=rates,
        total=price_with_vat(total_vnd, vat_vnd),
        shipping_method=ShippingMethod(delivery),
        shipping_charge=price_with_vat(postage_vnd, postage_vat, postage_rate),
        user=request.user,
        shipping_address=create_address(request),
        order_number=new_order_number(),
        date_placed=now,
        guest_email=request.email,
        status=Fulfilment.Status.AWAITING_PAYMENT
        if pay_until
        else Fulfilment.Status.CONFIRMED,
    )


def create_fulfilments(
    order: Order,
    order_lines: list[Line],
    shipments: list[Shipment],
    request: OrderRequest,
    pay_until: dt.datetime | None,
) -> list[Fulfilment]:
    """One fulfilment for each shipment; the postage is collected with the first."""
    shipping = int(order.shipping_incl_tax)
    status = Fulfilment.Status.CONFIRMED
    if pay_until:
        status = Fulfilment.Status.AWAITING_PAYMENT
        Hold.objects.create(order=order, until=pay_until)
    fulfilments = [
        Fulfilment.objects.create(
            order=order,
            point=shipment.point,
            delivery_method=request.delivery.method,
            status=status,
            name=request.name,
            phone=request.phone,
            language=request.language,
            hotel=request.delivery.hotel,
            room=request.room,
            handover_on=request.delivery.handover_on,
            note=request.note,
            promised_at=shipment.ready_at,
            to_collect_vnd=shipment.price_vnd + (0 if number else shipping),
        )
        for number, shipment in enumerate(shipments)
    ]
    lines = [
        (fulfilment, line)
        for fulfilment, shipment in zip(fulfilments, shipments, strict=True)
        for line in shipment.lines
    ]
    reservations = Reservation.objects.bulk_create(
        Reservation(
            record_id=line.line.stockrecord_id,
            units=line.quantity,
            allocated=line.quantity,
            expires_at=pay_until,
            reference=order.number,
        )
        for _fulfilment, line in lines
    )
    line_ids = {line.product_id: line.pk for line in order_lines}
    FulfilmentLine.objects.bulk_create(
        FulfilmentLine(
            fulfilment=fulfilment,
            line_id=line_ids[line.product.pk],
            reservation=reservation,
            units=line.quantity,
        )
        for (fulfilment, line), reservation in zip(lines, reservations, strict=True)
    )
    return fulfilments


def price_with_vat(amount_vnd: int, vat_vnd: int, rate: str | None = None) -> Price:
    """Whole dong, VAT included, as Oscar's Price."""
    net = Decimal(amount_vnd - vat_vnd)
    return Price(currency="VND", excl_tax=net, tax=Decimal(vat_vnd), tax_code=rate)


def create_address(request: OrderRequest) -> ShippingAddress | None:
    if request.delivery.method != Method.POST:
        return None
    province = request.delivery.province
    country, _created = Country.objects.get_or_create(
        iso_3166_1_a2="VN",
        defaults={
            "printable_name": "Việt Nam",
            "name": "Việt Nam",
            "is_shipping_country": True,
        },
    )
    return ShippingAddress.objects.create(
        first_name=request.name,
        line1=request.line1,
        line3=request.ward,
        line4=PROVINCES[province][0],
        state=province,
        country=country,
        phone_number=request.phone,
        notes=request.note,
    )

"""One page to order."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from oscar.defaults import OSCAR_BASKET_COOKIE_OPEN

from catalogue.refusals import Refusal, add_refusal
from marketplace.checkout.basket.middleware import BasketRequest
from marketplace.checkout.basket.models import Basket
from marketplace.checkout.basket.queries import BasketLine, basket_contents
from marketplace.checkout.form import CheckoutForm
from marketplace.checkout.place_order import AlreadyOrdered, BasketIsEmpty, place_order
from marketplace.checkout.plan import (
    Delivery,
    Method,
    NotDeliverable,
    Planner,
    Shipment,
    postage_by_province,
)
from marketplace.checkout.quote import (
    Quote,
    QuoteChanged,
    limit_to_quote,
    make_quote,
    read_quotes,
    sign_quotes,
)
from marketplace.checkout.unpaid import own_unpaid_order, remember_unpaid
from marketplace.orders.models import Order
from marketplace.orders.operations.fulfil import COLLECT_WITHIN
from marketplace.orders.order_links import redirect_to_order
from marketplace.orders.own_orders import own_order_ids, remember_order
from marketplace.orders.postage import PROVINCES, Postage
from marketplace.payments.providers import PROVIDERS, available_providers
from marketplace.payments.views.pay import redirect_to_payment
from stores.models import SalesPoint
from stores.queries.points import regional_centre

_basket_signer = Signer(salt="basket of a checkout")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: BasketRequest) -> HttpResponse:
    """Show what an order would be, and place it; sent again it finds the first.

    The buttons named `review` show it for what is filled in, and order nothing: in the
    other language, or without script with the postage.
    """
    now = timezone.now()
    if request.method == "POST" and (order := earlier_order(request)):
        return already_placed(request, order)
    if request.basket.pk is None:  # nothing was ever put in
        return redirect("basket")
    if request.method != "POST" or "review" in request.POST:
        page = CheckoutPage(request, now)
        if not page.planner.contents.lines:
            return redirect("basket")
        initial = page.initial_values() | entered_values(request)
        return page.render(
            CheckoutForm(points=request.points, now=now, initial=initial)
        )
    form = CheckoutForm(request.POST, points=request.points, now=now)
    if form.is_valid():
        try:
            return submit(request, form, now)
        except Refusal as refusal:
            return refused(request, form, refusal, now)
    page = CheckoutPage(request, now)
    if not page.planner.contents.lines:
        return redirect("basket")
    page.limit_to_accepted(form)
    adult = form.cleaned_data.get("adult", False)
    for found in page.planner.refusals(form.delivery(), adult=adult):
        add_refusal(form, found)
    return page.render(form, status=422)


def entered_values(request: HttpRequest) -> dict[str, str]:
    """What is filled in of the form that was sent."""
    names = CheckoutForm.base_fields
    return {name: request.POST[name] for name in names if name in request.POST}


def submit(
    request: BasketRequest, form: CheckoutForm, now: dt.datetime
) -> HttpResponse:
    """Place the order, and lead to its payment or to its page."""
    order_request = form.order_request(
        language=get_language() or "vi",
        user=request.user if request.user.is_authenticated else None,
        own_orders=own_order_ids(request),
    )
    payment = order_request.payment
    hold = PROVIDERS[payment].hold if payment else None
    order = place_order(
        basket_id=request.basket.pk,
        request=order_request,
        now=now,
        pay_until=now + hold if hold else None,
        replaced_order=own_unpaid_order(request),
    )
    remember_unpaid(request, order)
    remember_order(request, order)
    if hold:
        return redirect_to_payment(request, order, payment)
    return redirect_to_order(order)


def refused(
    request: BasketRequest, form: CheckoutForm, refusal: Refusal, now: dt.datetime
) -> HttpResponse:
    """The page as things are now, with what has changed and what is left to order.

    It leads to the order where there is one, and to a basket that is empty by now.
    """
    if isinstance(refusal, AlreadyOrdered):
        return already_placed(request, refusal.order)
    page = CheckoutPage(request, now)
    if isinstance(refusal, BasketIsEmpty) or not page.planner.contents.lines:
        return redirect("basket")
    differences: Sequence[str] = ()
    if isinstance(refusal, QuoteChanged):
        differences = refusal.differences or [str(refusal)]
    else:
        add_refusal(form, refusal)
    if refusal.status == 409:
        page.limit_to_available(form.delivery())
    else:
        page.limit_to_accepted(form)
    return page.render(form, status=refusal.status, differences=differences)


def already_placed(request: HttpRequest, order: Order) -> HttpResponse:
    """To the order that this form has become already, and say so."""
    remember_order(request, order)
    messages.info(
        request,
        _("Already placed: %s. Nothing was ordered a second time.") % order.number,
    )
    return redirect_to_order(order)


def earlier_order(request: HttpRequest) -> Order | None:
    """The order that this form, or this browser's basket, has become already."""
    for signer, signed in (
        (_basket_signer, request.POST.get("basket", "")),
        (Signer(), request.COOKIES.get(OSCAR_BASKET_COOKIE_OPEN, "")),
    ):
        try:
            basket_id = int(signer.unsign(signed))
        except (BadSignature, ValueError):
            continue
        order = Order.objects.filter(
            basket=basket_id, basket__status=Basket.SUBMITTED
        ).first()
        if order:
            return order
    return None


@dataclass(frozen=True)
class Choice:
    """A point that may hand over the basket: its shipment, or what it lacks.

    The shipment is without what is `unlicensed`, alcohol at a point without a licence.
    """

    point: SalesPoint
    shipment: Shipment | None
    lacking: list[BasketLine]
    unlicensed: list[BasketLine]
    open_until: dt.time | None
    opens: dt.datetime | None
    earliest: dt.date | None


class CheckoutPage:
    """What the page shows beside the form: the choices, and what each would mean."""

    def __init__(self, request: BasketRequest, now: dt.datetime) -> None:
        self.request, self.now = request, now
        own = own_unpaid_order(request)
        contents = basket_contents(
            request.basket,
            points=request.points,
            place=request.place,
            now=now,
            on=timezone.localdate(now),
            own=own.number if own else "",
        )
        self.basket = contents.quantities
        self.planner = Planner(contents, points=request.points, now=now)
        self.accepted_quotes = ""

    def limit_to_available(self, delivery: Delivery) -> None:
        """Offer what is left of the basket for that delivery, if anything is."""
        planner = self.planner.limited_to_available(delivery)
        if planner.contents.lines:
            self.planner = planner

    def limit_to_accepted(self, form: CheckoutForm) -> None:
        """Offer what the buyer accepted before, and compare once the form is valid."""
        text = form["quotes"].value() or ""
        quotes = read_quotes(text, basket_id=self.request.basket.pk)
        if quotes:
            fullest = max(quotes, key=lambda quote: len(quote.lines))
            contents = limit_to_quote(self.planner.contents, fullest)
            self.planner = Planner(contents, points=self.request.points, now=self.now)
            self.accepted_quotes = text

    def pickups(self) -> list[Choice]:
        points = [point for point in self.request.points if point.offers_pickup]
        return [self.choice(point, Method.PICKUP) for point in points]

    def hotels(self) -> list[Choice]:
        return [
            self.choice(point, Method.ROOM)
            for point in self.request.points
            if point.hotel and point.offers_room_delivery
        ]

    def choice(self, point: SalesPoint, method: str) -> Choice:
        shipment, lacking = None, []
        try:
            shipment = self.planner.licensed_at(point).at_point(point, method)
        except NotDeliverable as refusal:
            lacking = refusal.lines
        return Choice(
            point=point,
            shipment=shipment,
            lacking=lacking,
            unlicensed=self.planner.unlicensed(point),
            open_until=point.open_until(at=self.now),
            opens=point.next_opening(at=self.now),
            earliest=self.planner.earliest_day(shipment) if shipment else None,
        )

    def initial_values(self) -> dict[str, object]:
        """The form's initial values; the address may name method, point and province.

        A point that has all of it now comes first, then one to which the rest is
        transferred, last one that may not sell some of it; among those the visitor's
        own place, then the centre.
        """
        place, user, chosen = self.request.place, self.request.user, self.request.GET
        centre = regional_centre(self.request.points)
        whole = sorted(
            (one for one in self.pickups() if one.shipment),
            key=lambda one: (
                bool(one.unlicensed),
                bool(one.shipment and one.shipment.ready_at),
                one.point != place,
                one.point != centre,
            ),
        )
        hotel = next((one for one in self.hotels() if one.point == place), None)
        return {
            "receive": chosen.get("receive") or ("pickup" if whole else "post"),
            "province": chosen.get("province", ""),
            "sales_point": chosen.get("sales_point")
            or (whole[0].point.slug if whole else ""),
            "hotel": chosen.get("hotel") or (hotel.point.slug if hotel else ""),
            "handover_on": (hotel and hotel.earliest) or timezone.localdate(),
            "name": user.get_full_name() if user.is_authenticated else "",
            "email": user.email if user.is_authenticated else "",
            "payment": chosen.get("payment", ""),
        }

    def quotes(
        self, pickups: list[Choice], hotels: list[Choice], postage: dict[str, Postage]
    ) -> list[Quote]:
        """One for each place that can be chosen."""
        deliveries = [
            Delivery(Method.PICKUP, point=one.point) for one in pickups if one.shipment
        ]
        deliveries += [
            Delivery(Method.ROOM, hotel=one.point) for one in hotels if one.shipment
        ]
        deliveries += [Delivery(Method.POST, province=slug) for slug in postage]
        return [self.quote(one) for one in deliveries]

    def quote(self, delivery: Delivery) -> Quote:
        point = delivery.point or delivery.hotel
        planner = self.planner.licensed_at(point) if point else self.planner
        return make_quote(planner, delivery, self.basket)

    def render(
        self, form: CheckoutForm, *, status: int = 200, differences: Sequence[str] = ()
    ) -> HttpResponse:
        context = self.context(form) | {
            "differences": differences,
            "goods_refused": status == 409,
        }
        return render(self.request, "checkout/checkout.html", context, status=status)

    def context(self, form: CheckoutForm) -> dict[str, Any]:
        pickups, hotels = self.pickups(), self.hotels()
        parcels: list[Shipment] = []
        post_refusal: list[BasketLine] = []
        try:
            parcels = self.planner.parcels()
        except NotDeliverable as refusal:
            post_refusal = refusal.lines
        postage = postage_by_province(parcels) if parcels else {}
        quotes = self.quotes(pickups, hotels, postage)
        value = {
            name: form[name].value()
            for name in ("receive", "sales_point", "hotel", "province", "payment")
        }
        method = value["receive"] or ""
        place = {"pickup": "sales_point", "room": "hotel", "post": "province"}.get(
            method
        )
        chosen = next(
            (
                one
                for one in quotes
                if place and (one.method, one.place) == (method, value[place])
            ),
            None,
        )
        everything = contents = self.planner.contents
        if chosen:
            contents = contents.limited_to(
                {pk: units for pk, (units, _price) in chosen.lines.items()}
            )
        providers = payment_choices(method, value["payment"])
        return {
            "form": form,
            "collect_within": COLLECT_WITHIN,
            "contents": contents,
            "has_alcohol": everything.has_alcohol,
            "chosen": value,
            "pickups": pickups,
            "hotels": hotels,
            "pickup": find_choice(pickups, value["sales_point"]),
            "hotel": find_choice(hotels, value["hotel"]),
            "parcels": parcels,
            "post_refusal": post_refusal,
            "provinces": [
                (slug, name, postage.get(slug), slug == value["province"])
                for slug, (name, _zone) in PROVINCES.items()
            ],
            "providers": providers,
            "pays_now": next(
                (row["provider"] for row in providers if row["chosen"]), None
            ),
            "postage": postage.get(value["province"]) if method == "post" else None,
            "cheapest": min((one.price_vnd for one in postage.values()), default=None),
            "total_vnd": chosen.total_vnd if chosen else contents.total_vnd,
            "language_form": "checkout",
            "basket_signed": _basket_signer.sign(str(self.request.basket.pk)),
            "quotes_signed": self.accepted_quotes
            or sign_quotes(quotes, basket_id=self.request.basket.pk),
        }


def find_choice(choices: list[Choice], slug: str) -> Choice | None:
    return next((one for one in choices if one.point.slug == slug), None)


def payment_choices(receive: str, code: str | None) -> list[dict[str, Any]]:
    """Every provider that is set up; one that fits the delivery method is chosen."""
    fitting = [one for one in available_providers(receive=receive) if one.is_up()]
    codes = [one.code for one in fitting]
    chosen = code if code in codes else (codes[0] if codes else "")
    return [
        {
            "provider": one,
            "chosen": one.code == chosen,
            "on_receipt": one.hold is None,
            "is_up": one.is_up(),
        }
        for one in PROVIDERS.values()
        if any(one.is_available(receive=method) for method in Method.values)
    ]

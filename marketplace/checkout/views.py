"""One page to order."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from oscar.defaults import OSCAR_BASKET_COOKIE_OPEN

from marketplace.checkout.basket.middleware import BasketRequest
from marketplace.checkout.basket.models import Basket
from marketplace.checkout.basket.queries import BasketLine, Contents, basket_contents
from marketplace.checkout.forms import CheckoutForm, too_soon
from marketplace.checkout.operations.place_order import (
    AgeNotSaid,
    AlreadyOrdered,
    BasketIsEmpty,
    CannotBe,
    NoLongerSold,
    NotByThen,
    NotEnoughStock,
    TooHeavy,
    place_order,
)
from marketplace.checkout.plan import (
    Leads,
    Part,
    earliest_day,
    parcels,
    pickup,
    postage_everywhere,
    room,
)
from marketplace.checkout.unpaid import own_hold, remember_unpaid
from marketplace.orders.models import Order
from marketplace.payments.views.pay import to_payment
from marketplace.payments.ways import WAYS, offered
from marketplace.orders.postage import PROVINCES, Postage
from marketplace.orders.models import Fulfilment
from stores.models import SalesPoint
from stores.queries.points import regional_centre
from stores.queries.transfers import lead_times
from marketplace.orders.order_links import order_token

_basket_signer = Signer(salt="basket of a checkout")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: BasketRequest) -> HttpResponse:
    """Ask for what is missing and place the order; a second sending finds the first."""
    now = timezone.now()
    own = own_hold(request)
    contents = basket_contents(
        request.basket,
        points=request.points,
        place=request.place,
        now=now,
        on=timezone.localdate(now),
        own=own,
    )
    if request.method == "POST" and (order := order_made_before(request)):
        return redirect(order_address(order))
    if not contents.lines:
        return redirect("basket")
    leads = lead_times(to=request.points)
    pickups = pickups_of(request, contents, leads, now)
    hotels = hotels_of(request, contents, leads, now)
    form = CheckoutForm(
        request.POST or None,
        contents=contents,
        points=request.points,
        leads=leads,
        now=now,
        initial=first_guess(request, pickups, hotels),
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            wish = form.wish(
                language=get_language() or "vi",
                user=request.user if request.user.is_authenticated else None,
            )
            try:
                own = own_hold(request)
                hold = WAYS[wish.payment].hold if wish.payment else None
                order = place_order(
                    basket_id=request.basket.pk,
                    wish=wish,
                    now=now,
                    pay_until=now + hold if hold else None,
                    instead_of=own.order if own else None,
                )
            except AlreadyOrdered as before:
                return redirect(order_address(before.order))
            except BasketIsEmpty:
                return redirect("basket")
            except (
                NoLongerSold,
                CannotBe,
                NotByThen,
                NotEnoughStock,
                AgeNotSaid,
                TooHeavy,
            ) as refusal:
                status = 409
                form.add_error(field_of(refusal, wish.way), sentence(refusal, wish.way))
            else:
                remember_unpaid(request, order)
                if hold:
                    return to_payment(request, order, wish.payment)
                return redirect(order_address(order))
    context = page(request, form, contents) | {"pickups": pickups, "hotels": hotels}
    context |= promise_of(context)
    foreseen = refusals(contents, context) if status == 422 else []
    for why in foreseen:
        way = form["receive"].value()
        form.add_error(field_of(why, way), sentence(why, way))
    context["goods_refused"] = bool(foreseen) or status == 409
    return render(request, "checkout/checkout.html", context, status=status)


def order_address(order: Order) -> str:
    return reverse("order", args=[order.number, order_token(order.number)])


def order_made_before(request: HttpRequest) -> Order | None:
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
    """A point at which the basket may be handed over, and how; or what it lacks."""

    point: SalesPoint
    part: Part | None
    lacking: list[BasketLine]
    open_until: dt.time | None
    opens: dt.datetime | None
    earliest: dt.date | None = None


def pickups_of(
    request: BasketRequest, contents: Contents, leads: Leads, now: dt.datetime
) -> list[Choice]:
    """Every point where one collects."""
    points = [point for point in request.points if point.offers_pickup]
    return [choice(pickup, contents, point, leads, now) for point in points]


def first_guess(
    request: BasketRequest, pickups: list[Choice], hotels: list[Choice]
) -> dict[str, object]:
    """What the form shows before it is sent; the address may name way, point and
    province.

    A point that has all of it now leads, then one to which the rest is brought; among
    those her own place, then the centre.
    """
    place, user, asked = request.place, request.user, request.GET
    centre = regional_centre(request.points)
    whole = sorted(
        (choice for choice in pickups if choice.part),
        key=lambda choice: (
            bool(choice.part and choice.part.ready_at),
            choice.point != place,
            choice.point != centre,
        ),
    )
    hotel = next((choice for choice in hotels if choice.point == place), None)
    return {
        "receive": asked.get("receive") or ("pickup" if whole else "post"),
        "province": asked.get("province", ""),
        "sales_point": asked.get("sales_point")
        or (whole[0].point.slug if whole else ""),
        "hotel": asked.get("hotel") or (hotel.point.slug if hotel else ""),
        "handover_on": (hotel and hotel.earliest) or timezone.localdate(),
        "name": user.get_full_name() if user.is_authenticated else "",
        "email": user.email if user.is_authenticated else "",
        "payment": asked.get("payment", ""),
    }


def promise_of(context: dict[str, Any]) -> dict[str, object]:
    """What is said below the chosen point and the chosen hotel."""
    chosen = context["chosen"]
    return {
        "pickup": next(
            (c for c in context["pickups"] if c.point.slug == chosen["sales_point"]),
            None,
        ),
        "hotel": next(
            (c for c in context["hotels"] if c.point.slug == chosen["hotel"]), None
        ),
    }


def refusals(contents: Contents, context: dict[str, Any]) -> list[Exception]:
    """What would refuse the order, once the fields that are wrong have been put right.

    Said with them, so that nobody is sent back twice.
    """
    found: list[Exception] = []
    lapsed = [line.product for line in contents.lines if not line.card]
    if lapsed:
        found.append(NoLongerSold(lapsed))
    way = context["chosen"]["receive"]
    cannot: list[BasketLine] = []
    if way == Fulfilment.DeliveryMethod.PICKUP and context["pickup"]:
        cannot = context["pickup"].lacking
    elif way == Fulfilment.DeliveryMethod.ROOM and context["hotel"]:
        cannot = context["hotel"].lacking
    elif way == Fulfilment.DeliveryMethod.POST:
        cannot = context["post_refusal"]
        if context["parcels"] and not context["cheapest"]:
            found.append(TooHeavy())
    cannot = [line for line in cannot if line.card]
    return [*found, CannotBe(cannot)] if cannot else found


def page(
    request: BasketRequest, form: CheckoutForm, contents: Contents
) -> dict[str, object]:
    """What the page shows beside the form: the choices, and what each would mean."""
    chosen = {name: form[name].value() for name in ("receive", "sales_point", "hotel")}
    parts, post_refusal = [], []
    prices: dict[str, Postage] = {}
    try:
        parts = parcels(contents, request.points)
    except CannotBe as refusal:
        post_refusal = refusal.lines
    else:
        prices = postage_everywhere(parts)
    ways = payments_of(chosen["receive"] or "", form["payment"].value())
    province = form["province"].value()
    postage = prices.get(province) if chosen["receive"] == "post" else None
    return {
        "form": form,
        "contents": contents,
        "chosen": chosen,
        "parcels": parts,
        "post_refusal": post_refusal,
        "provinces": [
            (slug, name, prices.get(slug), slug == province)
            for slug, (name, _zone) in PROVINCES.items()
        ],
        "ways": ways,
        "pays_now": next((row["way"] for row in ways if row["chosen"]), None),
        "postage": postage,
        "cheapest": min((one.price_vnd for one in prices.values()), default=None),
        "total_vnd": contents.total_vnd + (postage.price_vnd if postage else 0),
        "basket_signed": _basket_signer.sign(str(request.basket.pk)),
    }


def payments_of(receive: str, wanted: str | None) -> list[dict[str, Any]]:
    """Every way to pay that is set up; one that fits how it is received is chosen."""
    fitting = [way for way in offered(receive=receive) if way.answers()]
    codes = [way.code for way in fitting]
    chosen = wanted if wanted in codes else (codes[0] if codes else "")
    return [
        {
            "way": way,
            "chosen": way.code == chosen,
            "on_receipt": way.hold is None,
            "answers": way.answers(),
        }
        for way in WAYS.values()
        if any(way.offered(receive=one) for one in Fulfilment.DeliveryMethod.values)
    ]


def hotels_of(
    request: BasketRequest, contents: Contents, leads: Leads, now: dt.datetime
) -> list[Choice]:
    """Every hotel we bring to."""
    points = [
        point for point in request.points if point.hotel and point.offers_room_delivery
    ]
    return [choice(room, contents, point, leads, now) for point in points]


def choice(
    way: Callable[..., Part],
    contents: Contents,
    point: SalesPoint,
    leads: Leads,
    now: dt.datetime,
) -> Choice:
    part, lacking = None, []
    try:
        part = way(contents, point, leads=leads, now=now)
    except CannotBe as refusal:
        lacking = refusal.lines
    return Choice(
        point=point,
        part=part,
        lacking=lacking,
        open_until=point.open_until(at=now),
        opens=point.next_opening(at=now),
        earliest=earliest_day(part, now=now) if part else None,
    )


def names(lines: list[BasketLine]) -> str:
    return ", ".join(line.product.name for line in lines)


def field_of(refusal: Exception, way: str) -> str | None:
    """The field that would have to be answered otherwise, where there is one."""
    if isinstance(refusal, CannotBe):
        return {"pickup": "sales_point", "room": "hotel", "post": "receive"}[way]
    fields = {NotByThen: "handover_on", AgeNotSaid: "adult", TooHeavy: "receive"}
    return fields.get(type(refusal))


def sentence(refusal: Exception, way: str) -> str:
    """Why the order could not be placed, in the buyer's words."""
    if isinstance(refusal, NoLongerSold):
        return _(
            "No longer sold, because the certificate ended: %s. Remove it "
            "from the basket to order the rest."
        ) % ", ".join(product.name for product in refusal.products)
    if isinstance(refusal, CannotBe):
        said: dict[str, str] = {
            Fulfilment.DeliveryMethod.PICKUP: _("This point does not have enough of: %s."),
            Fulfilment.DeliveryMethod.ROOM: _("Cannot be brought to that hotel now: %s."),
            Fulfilment.DeliveryMethod.POST: _("Cannot go by post: %s."),
        }
        return said[way] % (names(refusal.lines) or _("all of it"))
    if isinstance(refusal, NotEnoughStock):
        return _(
            "Somebody was quicker: only %(free)d of %(name)s are left on that shelf."
        ) % {"name": refusal.record.product.name, "free": max(0, refusal.record.free)}
    if isinstance(refusal, NotByThen):
        return too_soon(refusal)
    if isinstance(refusal, TooHeavy):
        return _("One parcel carries 30 kg at most. Please order in two parts.")
    return _("Alcohol is sold from 18 years. Tick the box if you are.")

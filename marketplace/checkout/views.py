"""One page to order."""

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

from marketplace.basket.middleware import ShoppingVisit
from marketplace.basket.models import Basket
from marketplace.basket.queries import (
    BasketLine,
    Contents,
    contents_of,
    points_with_all,
)
from marketplace.checkout.forms import CheckoutForm
from marketplace.checkout.operations.place_order import (
    AgeNotSaid,
    AlreadyOrdered,
    BasketIsEmpty,
    CannotBe,
    NoLongerSold,
    NotEnoughStock,
    TooHeavy,
    place_order,
)
from marketplace.checkout.plan import parcels, postage_everywhere, room
from marketplace.order.models import Order
from marketplace.payments.views.pay import to_payment
from marketplace.payments.ways import WAYS, offered
from marketplace.shipping.postage import PROVINCES, Postage
from stores.models import Fulfilment
from stores.queries import regional_centre
from stores.tokens import order_token

_basket_signer = Signer(salt="basket of a checkout")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: ShoppingVisit) -> HttpResponse:
    """Ask for what is missing and place the order; a second sending finds the first."""
    now = timezone.now()
    contents = contents_of(
        request.basket,
        points=request.points,
        place=request.place,
        now=now,
        on=timezone.localdate(now),
    )
    if request.method == "POST" and (order := order_made_before(request)):
        return redirect(order_address(order))
    if not contents.lines:
        return redirect("basket")
    form = CheckoutForm(
        request.POST or None,
        contents=contents,
        points=request.points,
        now=now,
        initial=first_guess(request, contents),
    )
    status, why = 200, ""
    if request.method == "POST":
        status = 422
        if form.is_valid():
            wish = form.wish(
                language=get_language() or "vi",
                user=request.user if request.user.is_authenticated else None,
            )
            try:
                hold = WAYS[wish.payment].hold if wish.payment else None
                order = place_order(
                    basket_id=request.basket.pk,
                    wish=wish,
                    now=now,
                    pay_until=now + hold if hold else None,
                )
            except AlreadyOrdered as before:
                return redirect(order_address(before.order))
            except BasketIsEmpty:
                return redirect("basket")
            except (
                NoLongerSold,
                CannotBe,
                NotEnoughStock,
                AgeNotSaid,
                TooHeavy,
            ) as refusal:
                status, why = 409, sentence(refusal, wish.way)
            else:
                if hold:
                    return to_payment(request, order, wish.payment)
                return redirect(order_address(order))
    context = page(request, form, contents) | {"why": why}
    return render(request, "checkout/checkout.html", context, status=status)


def order_address(order: Order) -> str:
    return reverse("order", args=[order.number, order_token(order.number)])


def order_made_before(request: HttpRequest) -> Order | None:
    """The order that this form, or this browser's basket, has become already."""
    for signer, signed in (
        (_basket_signer, request.POST.get("basket", "")),
        (Signer(), request.COOKIES.get("oscar_open_basket", "")),
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


def first_guess(request: ShoppingVisit, contents: Contents) -> dict[str, object]:
    """What the form shows before it is sent; the address may name way and province."""
    lacking = points_with_all(contents, request.points)
    place = request.place
    whole = [
        point
        for point in [place, regional_centre(request.points), *request.points]
        if point and point.offers_pickup and not lacking[point.pk]
    ]
    user = request.user
    asked = request.GET
    return {
        "receive": asked.get("receive") or ("pickup" if whole else "post"),
        "province": asked.get("province", ""),
        "sales_point": whole[0].slug if whole else "",
        "hotel": place.slug if place and place.hotel else "",
        "handover_on": timezone.localdate(),
        "name": user.get_full_name() if user.is_authenticated else "",
        "email": user.email if user.is_authenticated else "",
        "payment": asked.get("payment", ""),
    }


def page(
    request: ShoppingVisit, form: CheckoutForm, contents: Contents
) -> dict[str, object]:
    """What the page shows beside the form: the choices, and what each would mean."""
    lacking = points_with_all(contents, request.points)
    chosen = {name: form[name].value() for name in ("receive", "sales_point", "hotel")}
    hotels, parts, post_refusal = hotels_of(request, contents), [], []
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
    now = timezone.now()
    return {
        "form": form,
        "contents": contents,
        "chosen": chosen,
        "pickups": [
            {
                "point": point,
                "lacking": lacking[point.pk],
                "chosen": point.slug == chosen["sales_point"],
                "open_until": point.open_until(at=now),
                "opens": point.next_opening(at=now),
            }
            for point in request.points
            if point.offers_pickup
        ],
        "hotels": hotels,
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
        if any(way.offered(receive=one) for one in Fulfilment.Way.values)
    ]


def hotels_of(request: ShoppingVisit, contents: Contents) -> list[dict[str, object]]:
    """Every hotel we bring to, with the point that would, or the lines that lack."""
    found: list[dict[str, object]] = []
    for hotel in request.points:
        if not (hotel.hotel and hotel.offers_room_delivery):
            continue
        try:
            (part,) = room(contents, hotel, request.points)
        except CannotBe as refusal:
            found.append({"hotel": hotel, "by": None, "lacking": refusal.lines})
        else:
            found.append({"hotel": hotel, "by": part.point, "lacking": []})
    return found


def names(lines: list[BasketLine]) -> str:
    return ", ".join(line.product.name for line in lines)


def sentence(refusal: Exception, way: str) -> str:
    """Why the order could not be placed, in the buyer's words."""
    if isinstance(refusal, NoLongerSold):
        return _(
            "No longer sold, because the certificate ended: %s. Take it out of the"
            " basket to order the rest."
        ) % ", ".join(product.name for product in refusal.products)
    if isinstance(refusal, CannotBe):
        said: dict[str, str] = {
            Fulfilment.Way.PICKUP: _("This point does not have enough of: %s."),
            Fulfilment.Way.ROOM: _("Cannot be brought to that hotel now: %s."),
            Fulfilment.Way.POST: _("Cannot go by post: %s."),
        }
        return said[way] % (names(refusal.lines) or _("all of it"))
    if isinstance(refusal, NotEnoughStock):
        return _(
            "Somebody was quicker: of %(name)s only %(free)d are left on that shelf."
        ) % {"name": refusal.record.product.name, "free": max(0, refusal.record.free)}
    if isinstance(refusal, TooHeavy):
        return _("One parcel carries 30 kg at most. Please order in two parts.")
    return _("Alcohol is sold from 18 years. Tick the box if you are.")

"""What an order would be: goods, prices, postage, and when it is ready.

The page makes a quote for each place that can be chosen and carries them, signed, in
its form; `place_order` compares the chosen one with the quote of the moment.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.core import signing
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalogue.models import Product
from catalogue.money import format_dong
from catalogue.refusals import Refusal
from marketplace.checkout.basket.queries import Contents
from marketplace.checkout.plan import Delivery, Method, Planner

SALT = "quotes of a checkout, each with what it leaves out"
MAX_AGE = dt.timedelta(days=1)

Lines = Mapping[int, tuple[int, int]]
"""Product id to units and the price of one unit, whole dong."""


@dataclass(frozen=True)
class Quote:
    """What an order contains, what it costs, and when and where it is ready.

    `basket` maps product id to the units that the basket held, which are more than
    those of `lines` where not all of it can be had. `place` is the slug of the point,
    hotel or province. `ready_at` is None where all of it is there now.
    """

    basket: Mapping[int, int]
    lines: Lines
    method: str
    place: str
    postage_vnd: int = 0
    ready_at: dt.datetime | None = None

    @property
    def goods_vnd(self) -> int:
        return sum(units * price_vnd for units, price_vnd in self.lines.values())

    @property
    def total_vnd(self) -> int:
        return self.goods_vnd + self.postage_vnd


class QuoteChanged(Refusal):
    """What would be ordered is not what the page showed; `differences` are sentences.

    There are none where the form's quote cannot be read.
    """

    message: str | Promise = gettext_lazy(
        "Something has changed while this page was open. Nothing was ordered yet."
    )

    def __init__(self, differences: Iterable[str] = ()) -> None:
        super().__init__(differences)
        self.differences = list(differences)


def make_quote(
    planner: Planner, delivery: Delivery, basket: Mapping[int, int]
) -> Quote:
    """The quote for a delivery whose place is chosen.

    Raises what `Planner.postage` raises.
    """
    postage = planner.postage(delivery)
    shipments = planner.shipments(delivery)
    return Quote(
        basket=basket,
        lines={
            line.product.pk: (line.quantity, line.product.price_vnd)
            for line in planner.contents.lines
        },
        method=delivery.method,
        place=delivery.place,
        postage_vnd=postage.price_vnd if postage else 0,
        ready_at=shipments[0].ready_at if len(shipments) == 1 else None,
    )


def sign_quotes(quotes: Iterable[Quote], *, basket_id: int) -> str:
    """The quotes of one page as one signed text.

    They differ in place and postage, and in what a place may not sell.
    """
    quotes = list(quotes)
    basket: dict[int, int] = {}
    every: dict[int, tuple[int, int]] = {}
    for quote in quotes:
        basket |= quote.basket
        every |= quote.lines
    lines = [(pk, units, price) for pk, (units, price) in every.items()]
    places = [
        (
            quote.method,
            quote.place,
            quote.postage_vnd,
            quote.ready_at.timestamp() if quote.ready_at else None,
            [pk for pk in every if pk not in quote.lines],
        )
        for quote in quotes
    ]
    content = [basket_id, list(basket.items()), lines, places]
    return signing.dumps(content, salt=SALT, compress=True)


def read_quotes(text: str, *, basket_id: int) -> list[Quote]:
    """The quotes that a page carried for a basket.

    None where they are forged, too old, or of another basket.
    """
    try:
        signed_id, basket, lines, places = signing.loads(
            text, salt=SALT, max_age=MAX_AGE
        )
    except signing.BadSignature:
        return []
    return [
        Quote(
            basket=dict(basket),
            lines={
                pk: (units, price_vnd)
                for pk, units, price_vnd in lines
                if pk not in left_out
            },
            method=method,
            place=place,
            postage_vnd=postage_vnd,
            ready_at=dt.datetime.fromtimestamp(ready, dt.UTC) if ready else None,
        )
        for method, place, postage_vnd, ready, left_out in places
        if signed_id == basket_id
    ]


def find_quote(text: str, delivery: Delivery, *, basket_id: int) -> Quote | None:
    """The quote for a delivery, of those that the page carried.

    None where the form carries none, as a program's does. Raises QuoteChanged where
    there is none for this delivery.
    """
    if not text:
        return None
    for quote in read_quotes(text, basket_id=basket_id):
        if (quote.method, quote.place) == (delivery.method, delivery.place):
            return quote
    raise QuoteChanged


def limit_to_quote(contents: Contents, quote: Quote) -> Contents:
    """What the quote offers of a basket, which has to be as it was then.

    It may be fewer units than the basket holds.
    """
    if quote.basket != contents.quantities:
        return contents
    return contents.limited_to(
        {pk: units for pk, (units, _price) in quote.lines.items()}
    )


def describe_total(quote: Quote) -> str:
    """What the order costs, where the page's button named another sum."""
    total = format_dong(quote.total_vnd)
    if quote.postage_vnd:
        return _("With the postage of %(postage)s it is %(total)s.") % {
            "postage": format_dong(quote.postage_vnd),
            "total": total,
        }
    return _("It is %s.") % total


def find_differences(accepted: Quote, current: Quote) -> list[str]:
    """What has changed since a quote was accepted, in the reader's language.

    Goods, quantities, prices and postage are named whether they rose or fell; a
    pick-up that is ready earlier is no difference.
    """
    found = find_changed_lines(accepted.lines, current.lines)
    if accepted.postage_vnd != current.postage_vnd:
        found.append(
            _("The postage is %(now)s now, no longer %(before)s.")
            % {
                "now": format_dong(current.postage_vnd),
                "before": format_dong(accepted.postage_vnd),
            }
        )
    if current.method == Method.PICKUP and is_later(
        current.ready_at, accepted.ready_at
    ):
        ready = timezone.localtime(current.ready_at)
        found.append(
            _("It is ready at %(hour)s on %(day)s, later than the page said.")
            % {"hour": f"{ready:%H:%M}", "day": date_format(ready, "DATE_FORMAT")}
        )
    return found


def find_changed_lines(accepted: Lines, current: Lines) -> list[str]:
    """Each product whose units or price changed, in the reader's language."""
    found = []
    products = Product.objects.in_bulk(accepted.keys() | current.keys())
    for key in dict.fromkeys([*accepted, *current]):
        units, price_vnd = accepted.get(key, (0, 0))
        units_now, price_now_vnd = current.get(key, (0, 0))
        name = products[key].name if key in products else "–"
        if units and not units_now:
            found.append(_("%(name)s is no longer part of the order.") % {"name": name})
        elif units != units_now:
            found.append(
                _("%(name)s: %(now)d now, %(before)d when the page was opened.")
                % {"name": name, "now": units_now, "before": units}
            )
        if units and units_now and price_vnd != price_now_vnd:
            found.append(
                _("%(name)s costs %(now)s now, no longer %(before)s.")
                % {
                    "name": name,
                    "now": format_dong(price_now_vnd),
                    "before": format_dong(price_vnd),
                }
            )
    return found


def is_later(current: dt.datetime | None, accepted: dt.datetime | None) -> bool:
    """Whether goods are ready later; None is now."""
    return current is not None and (accepted is None or current > accepted)

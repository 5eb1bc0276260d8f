"""What a buyer is shown before ordering: goods, prices, postage, when it is ready.

The page shows a quote for each place that can be chosen and carries them, signed, in
its form; `place_order` compares the one that was chosen with the quote of the moment.
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

SALT = "quotes of a checkout"
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
    """What would be ordered is not what was shown; `differences` are sentences."""

    message: str | Promise = gettext_lazy(
        "Something has changed while this page was open. Nothing was ordered yet."
    )

    def __init__(self, differences: list[str]) -> None:
        super().__init__(differences)
        self.differences = differences


def make_quote(
    planner: Planner, delivery: Delivery, *, basket: Mapping[int, int]
) -> Quote:
    """The quote for a delivery whose place is chosen.

    Raises what `Planner.postage` raises.
    """
    postage = planner.postage(delivery)
    shipments = planner.shipments(delivery)
    return Quote(
        basket=basket,
        lines=quoted_lines(planner.contents),
        method=delivery.method,
        place=delivery.place,
        postage_vnd=postage.price_vnd if postage else 0,
        ready_at=shipments[0].ready_at if len(shipments) == 1 else None,
    )


def quoted_lines(contents: Contents) -> Lines:
    return {
        line.product.pk: (line.quantity, line.product.price_vnd)
        for line in contents.lines
    }


def sign_quotes(quotes: Iterable[Quote], *, basket_id: int) -> str:
    """The quotes of one page as one signed text; they differ in place and postage."""
    quotes = list(quotes)
    if not quotes:
        return ""
    first = quotes[0]
    places = [
        (
            quote.method,
            quote.place,
            quote.postage_vnd,
            quote.ready_at and quote.ready_at.timestamp(),
        )
        for quote in quotes
    ]
    lines = [(pk, units, price) for pk, (units, price) in first.lines.items()]
    content = [basket_id, list(first.basket.items()), lines, places]
    return signing.dumps(content, salt=SALT, compress=True)


def read_quote(text: str, delivery: Delivery, *, basket_id: int) -> Quote | None:
    """The quote that the page showed for the delivery.

    None where the form carries none, as a program's does. Raises QuoteChanged where it
    is of another basket, too old, not ours, or says nothing of this delivery.
    """
    if not text:
        return None
    try:
        pk, basket, lines, places = signing.loads(text, salt=SALT, max_age=MAX_AGE)
    except signing.BadSignature as wrong:
        raise QuoteChanged([]) from wrong
    for method, place, postage_vnd, ready in places:
        if (pk, method, place) == (basket_id, delivery.method, delivery.place):
            return Quote(
                basket=dict(basket),
                lines={pk: (units, price) for pk, units, price in lines},
                method=method,
                place=place,
                postage_vnd=postage_vnd,
                ready_at=ready and dt.datetime.fromtimestamp(ready, dt.UTC),
            )
    raise QuoteChanged([])


def compare(shown: Quote, current: Quote) -> list[str]:
    """What has changed for the worse since a quote was shown, in the reader's words.

    Other goods, quantities, prices or postage are named whichever way they changed; a
    pick-up that is ready earlier is no difference.
    """
    found = []
    keys = list(dict.fromkeys([*shown.lines, *current.lines]))
    names = {
        product.pk: product.name for product in Product.objects.filter(pk__in=keys)
    }
    for key in keys:
        units, price = shown.lines.get(key, (0, 0))
        units_now, price_now = current.lines.get(key, (0, 0))
        name = names.get(key, "–")
        if units != units_now:
            found.append(
                _("%(name)s: %(now)d now, %(shown)d when the page was opened.")
                % {"name": name, "now": units_now, "shown": units}
            )
        elif price != price_now:
            found.append(
                _("%(name)s costs %(now)s now, no longer %(shown)s.")
                % {
                    "name": name,
                    "now": format_dong(price_now),
                    "shown": format_dong(price),
                }
            )
    if shown.postage_vnd != current.postage_vnd:
        found.append(
            _("The postage is %(now)s now, no longer %(shown)s.")
            % {
                "now": format_dong(current.postage_vnd),
                "shown": format_dong(shown.postage_vnd),
            }
        )
    if current.method == Method.PICKUP and is_later(current.ready_at, shown.ready_at):
        when = timezone.localtime(current.ready_at)
        found.append(
            _("It is ready at %(hour)s on %(day)s, later than the page said.")
            % {"hour": f"{when:%H:%M}", "day": date_format(when, "DATE_FORMAT")}
        )
    return found


def is_later(current: dt.datetime | None, shown: dt.datetime | None) -> bool:
    """Whether goods are ready later; None is now."""
    return current is not None and (shown is None or current > shown)

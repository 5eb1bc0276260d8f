"""About how much a sum of dong is in the currency of a traveller."""

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.core.cache import cache
from django.db.models import OuterRef, Subquery
from django.utils import timezone
from django.utils.formats import number_format

from marketplace.rates.models import Rate

CURRENCY_COOKIE = "currency"
CACHE_KEY = "rates:latest"
CACHE_TIMEOUT_S = 600
"""A process that did not load the rates itself follows after these seconds."""
FRESH = dt.timedelta(days=31)
"""An older rate misleads; then there is no estimate."""

FORMATS = {"EUR": ("€", 2), "USD": ("US$", 2), "KRW": ("₩", 0), "JPY": ("JP¥", 0)}
"""Sign, and digits after the point."""


@dataclass(frozen=True)
class LatestRate:
    """The newest rate of a currency."""

    currency: str
    vnd: Decimal
    as_of: dt.date
    illustrative: bool

    def convert(self, vnd: int) -> Decimal:
        """So many dong in this currency, to its smallest coin, half of one up."""
        _sign, digits = FORMATS[self.currency]
        return (Decimal(vnd) / self.vnd).quantize(smallest_coin(digits), ROUND_HALF_UP)

    def format_amount(self, vnd: int) -> str:
        sign, digits = FORMATS[self.currency]
        amount = self.convert(vnd)
        if not amount:  # less than half a coin is not nothing
            return f"<{sign}{number_format(smallest_coin(digits), digits)}"
        return f"{sign}{number_format(amount, digits, force_grouping=True)}"


def smallest_coin(digits: int) -> Decimal:
    return Decimal(1).scaleb(-digits)


def get_latest_rates() -> dict[str, LatestRate]:
    """Currency to its newest rate, in the order of Rate.Currency; one cache read."""
    rates: dict[str, LatestRate] | None = cache.get(CACHE_KEY)
    if rates is None:
        rates = query_latest_rates()
        cache.set(CACHE_KEY, rates, CACHE_TIMEOUT_S)
    oldest = timezone.localdate() - FRESH
    return {code: one for code, one in rates.items() if one.as_of >= oldest}


def query_latest_rates() -> dict[str, LatestRate]:
    """One query."""
    of_currency = Rate.objects.filter(currency=OuterRef("currency"))
    last = of_currency.order_by("-as_of").values("pk")[:1]
    found = {
        rate.currency: LatestRate(
            currency=rate.currency,
            vnd=rate.vnd,
            as_of=rate.as_of,
            illustrative=rate.illustrative,
        )
        for rate in Rate.objects.filter(pk=Subquery(last))
    }
    return {code: found[code] for code in Rate.Currency.values if code in found}


def clear_cached_rates() -> None:
    cache.delete(CACHE_KEY)

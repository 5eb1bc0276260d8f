"""What other money costs, on a day that stands still."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from types import MappingProxyType

import pytest
import time_machine

from marketplace.rates.operations import Row, load_rates
from marketplace.rates.queries import clear_cached_rates

TODAY = dt.date(2026, 11, 30)
NOON = dt.datetime(2026, 11, 30, 12, tzinfo=dt.timezone(dt.timedelta(hours=7)))
COSTS = MappingProxyType({"EUR": "30500", "USD": "26300", "KRW": "18.4", "JPY": "172"})


@pytest.fixture(autouse=True)
def clock() -> Iterator[object]:
    """The last of November, at noon in Việt Nam; the cache is empty."""
    clear_cached_rates()
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller
    clear_cached_rates()


@pytest.fixture
def rates(db: None) -> None:
    """A rate of today for each currency."""
    load_rates(rows=[Row(code, Decimal(vnd), TODAY) for code, vnd in COSTS.items()])
    clear_cached_rates()  # a test's transaction never ends, so nothing follows its end

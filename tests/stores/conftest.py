"""Orders, counts and a desk that the tests of the stores speak of."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from catalogue.models import Product
from marketplace.accounts.models import User
from marketplace.orders.models import Fulfilment, Order
from stores.models import SalesPoint, StockCount
from stores.operations.count import start_count
from stores.partner.models import StockRecord
from tests.factories import make_order, put_on_shelf


@pytest.fixture
def order(centre: SalesPoint, tea: Product, tea_at_centre: StockRecord) -> Order:
    """Two boxes of tea, to be collected at the centre."""
    return make_order({tea: 2}, point=centre)


@pytest.fixture
def fulfilment(order: Order) -> Fulfilment:
    """The centre's part in the order."""
    return order.fulfilments.get()


@pytest.fixture
def parcel(centre: SalesPoint, tea: Product, tea_at_centre: StockRecord) -> Fulfilment:
    """Three boxes of tea, to be sent to Hà Nội."""
    return make_order({tea: 3}, method="post").fulfilments.get()


@pytest.fixture
def two_parcels(
    centre: SalesPoint, booth: SalesPoint, tea: Product, honey: Product
) -> list[Fulfilment]:
    """One order by post, its tea from the centre and its honey from the booth."""
    put_on_shelf(centre, tea, 4)
    put_on_shelf(booth, honey, 4)
    order = make_order({tea: 1, honey: 1}, method="post")
    return list(order.fulfilments.order_by("pk"))


@pytest.fixture
def desk(signed_in: Callable[..., Client], keeper: User) -> Client:
    """The keeper's browser."""
    return signed_in(keeper)


@pytest.fixture
def count(centre: SalesPoint, keeper: User) -> StockCount:
    """A count of the centre that is open."""
    return start_count(point=centre, actor=keeper, at=timezone.now())

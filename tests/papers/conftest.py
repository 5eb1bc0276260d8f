"""Orders that were given, paid, brought back, and what they leave on paper."""

import pytest
from django.utils import timezone

from marketplace.order.models import Order
from marketplace.payments.operations.take_money import take_money
from stores.models import Fulfilment
from stores.operations.hand_over import hand_over
from stores.operations.take_back import take_back
from stores.queries.jobs import lots_given
from tests.factories import make_product, put_on_shelf


@pytest.fixture
def wine(db):
    """Rice wine, with excise duty."""
    return make_product(
        "ruou-can",
        title="Rượu cần",
        title_en="Jar rice wine",
        abv="29.5",
        vat="excise",
        price_vnd=120_000,
    )


@pytest.fixture
def pomelo(db):
    """A fruit as it fell from the tree."""
    return make_product(
        "buoi-tru",
        title="Bưởi trụ lông Đại Bình",
        title_en="Đại Bình pomelo",
        vat="farm",
        price_vnd=30_000,
    )


@pytest.fixture
def full_shelf(centre, tea, wine, pomelo):
    """Plenty of tea, wine and pomelos at the centre."""
    return {one: put_on_shelf(centre, one, 200) for one in (tea, wine, pomelo)}


def give(order: Order, actor, paid_by: str = "cash", at=None) -> Order:
    """Every job of an order changes hands, and so does its money."""
    at = at or timezone.now()
    for job in order.fulfilments.order_by("pk"):
        hand_over(fulfilment=job, code=job.code, actor=actor, at=at)
        if job.way != Fulfilment.Way.POST:
            take_money(job=job, actor=actor, paid_by=paid_by, at=at)
    order.refresh_from_db()
    return order


def bring_back(order: Order, product, units: int, actor, point=None, **said):
    """Units of a product of an order come back."""
    parts = order.fulfilments.first().parts.model.objects
    part = parts.select_related("line__product", "fulfilment__order", "record").get(
        fulfilment__order=order, line__product=product
    )
    (batch,) = lots_given([part])[part.pk]
    return take_back(
        part=part,
        units=units,
        point=point or part.fulfilment.point,
        batch=batch,
        decision="restock",
        reason="wrong size",
        actor=actor,
        at=said.pop("at", timezone.now()),
        **said,
    )

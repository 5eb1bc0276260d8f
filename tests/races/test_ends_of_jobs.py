"""Two who end the same job, or want the same unit, at the same moment."""

import pytest
from django.utils import timezone

from marketplace.orders.models import Fulfilment, FulfilmentLine, RefundDue
from marketplace.orders.operations.accept_return import accept_return
from marketplace.orders.operations.cancel import cancel_units
from marketplace.orders.operations.hand_over import hand_over
from stores.models import DeskSale
from stores.operations.sell import sell_at_desk
from tests.books import books_of
from tests.factories import make_order, put_on_shelf

pytestmark = pytest.mark.postgres


@pytest.fixture
def fulfilment(transactional_db, centre, tea):
    """Two boxes of tea of ten, to be collected at the centre."""
    put_on_shelf(centre, tea, 10)
    return make_order({tea: 2}, point=centre, email="").fulfilments.get()


def fresh(fulfilment):
    return Fulfilment.objects.select_related("order").get(pk=fulfilment.pk)


def giving(fulfilment, keeper):
    return lambda: hand_over(
        fulfilment=fresh(fulfilment),
        code=fulfilment.code,
        actor=keeper,
        at=timezone.now(),
    )


def test_units_are_cancelled_or_handed_over(race, fulfilment, keeper):
    part = fulfilment.parts.get()

    def cancelling():
        cancel_units(
            part=FulfilmentLine.objects.get(pk=part.pk),
            units=1,
            actor=keeper,
            reason="Vỡ",
            at=timezone.now(),
        )

    outcomes = race(cancelling, giving(fulfilment, keeper))

    part.refresh_from_db()
    assert outcomes in (["NotInThatState", "ok"], ["ok", "ok"])
    assert (part.cancelled + part.handed_over, part.allocated) == (2, 0)
    assert books_of(part.record).on_hand == 10 - part.handed_over


def test_the_same_units_come_back_once(race, fulfilment, keeper, centre):
    giving(fulfilment, keeper)()
    part = fulfilment.parts.get()
    batch = part.record.lots.get().batch

    def bringing():
        accept_return(
            part=FulfilmentLine.objects.get(pk=part.pk),
            units=2,
            point=centre,
            batch=batch,
            decision="restock",
            reason="Đổi ý",
            actor=keeper,
            at=timezone.now(),
        )

    assert race(bringing, bringing) == ["NotGiven", "ok"]

    assert books_of(part.record).on_hand == 10
    assert RefundDue.objects.count() == 1


def selling(centre, record, keeper, client_id):
    return lambda: sell_at_desk(
        point=centre,
        units={record.pk: 1},
        paid_by="cash",
        client_id=client_id,
        actor=keeper,
        at=timezone.now(),
    )


def test_the_last_unit_is_sold_once(race, last_jar, centre, keeper):
    outcomes = race(
        selling(centre, last_jar, keeper, "phone-0001"),
        selling(centre, last_jar, keeper, "phone-0002"),
    )

    assert outcomes == ["NotEnoughStock", "ok"]
    assert books_of(last_jar).on_hand == 0
    assert DeskSale.objects.count() == 1


def test_a_sale_sent_twice_at_once_is_one(race, transactional_db, centre, tea, keeper):
    record = put_on_shelf(centre, tea, 10)
    same = selling(centre, record, keeper, "phone-0001")

    assert race(*[same] * 4) == ["ok"] * 4

    assert books_of(record).on_hand == 9
    assert DeskSale.objects.count() == 1


def test_the_counter_and_the_shop_want_the_last_unit(
    race, buying, last_jar, honey, centre, keeper
):
    outcomes = race(
        selling(centre, last_jar, keeper, "phone-0001"), buying({honey: 1}, centre)
    )

    assert outcomes.count("ok") == 1
    books = books_of(last_jar)
    assert books.on_hand - books.allocated == 0

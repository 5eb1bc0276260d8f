"""A packed job waits for its buyer, who is told in the order's language."""

from contextlib import suppress

import pytest
from django.db import transaction
from django.utils import timezone, translation

from marketplace.orders.models import Fulfilment
from marketplace.orders.operations.cancel import cancel_order
from marketplace.orders.operations.fulfil import WrongFulfilmentStatus, mark_ready
from marketplace.orders.operations.hand_over import hand_over
from marketplace.orders.order_links import order_token
from tests.factories import make_order
from tests.stock_snapshot import get_stock_snapshot


def test_mark_ready_sets_fulfilment_and_order_status(fulfilment):
    now = timezone.now()

    mark_ready(fulfilment=fulfilment, at=now)

    fulfilment = Fulfilment.objects.select_related("order").get(pk=fulfilment.pk)
    assert (fulfilment.status, fulfilment.ready_at, fulfilment.order.status) == (
        "ready",
        now,
        "ready",
    )


def test_mark_ready_leaves_stock_allocated(fulfilment, tea_at_centre):
    before = get_stock_snapshot(tea_at_centre)

    mark_ready(fulfilment=fulfilment, at=timezone.now())

    assert get_stock_snapshot(tea_at_centre) == before


@pytest.mark.parametrize(
    ("language", "subject", "point", "product", "path"),
    [
        (
            "vi",
            "Đơn {} đã sẵn sàng",
            "Điểm bán centre",
            "Trà rừng Cù Lao Chàm",
            "/orders/",
        ),
        ("en", "Order {} is ready", "Point centre", "Forest tea", "/en/orders/"),
    ],
)
def test_mark_ready_sends_email_in_order_language(
    centre,
    tea,
    tea_at_centre,
    mailoutbox,
    language,
    subject,
    point,
    product,
    path,
):
    fulfilment = make_order({tea: 2}, point=centre, language=language).fulfilments.get()
    other = {"vi": "en", "en": "vi"}[language]

    with translation.override(other):  # the keeper's own
        mark_ready(fulfilment=fulfilment, at=timezone.now())

    (letter,) = mailoutbox
    number = fulfilment.order.number
    assert letter.to == ["hannah@example.com"]
    assert letter.subject == subject.format(number)
    assert fulfilment.spaced_code in letter.body
    assert point in letter.body
    assert product in letter.body
    assert f"http://testserver{path}{number}/{order_token(number)}/" in letter.body


def test_mark_ready_email_is_unescaped(centre, tea, tea_at_centre, mailoutbox):
    order = make_order({tea: 1}, point=centre, name="Ngô & Con")

    mark_ready(fulfilment=order.fulfilments.get(), at=timezone.now())

    (letter,) = mailoutbox
    assert "Ngô & Con" in letter.body


def test_mark_ready_without_email_sends_nothing(centre, tea, tea_at_centre, mailoutbox):
    fulfilment = make_order({tea: 2}, point=centre, email="").fulfilments.get()

    mark_ready(fulfilment=fulfilment, at=timezone.now())

    assert mailoutbox == []
    assert Fulfilment.objects.get(pk=fulfilment.pk).status == "ready"


def test_mark_ready_rolled_back_sends_nothing(fulfilment, mailoutbox):
    with suppress(ZeroDivisionError), transaction.atomic():
        mark_ready(fulfilment=fulfilment, at=timezone.now())
        _ = 1 / 0

    assert mailoutbox == []


def test_mark_ready_twice_is_refused(fulfilment, mailoutbox):
    mark_ready(fulfilment=fulfilment, at=timezone.now())
    first = Fulfilment.objects.get(pk=fulfilment.pk).ready_at

    with pytest.raises(WrongFulfilmentStatus) as refusal:
        mark_ready(fulfilment=fulfilment, at=timezone.now())

    assert refusal.value.fulfilment.status == "ready"
    assert Fulfilment.objects.get(pk=fulfilment.pk).ready_at == first
    assert len(mailoutbox) == 1


def test_mark_ready_refuses_handed_over_fulfilment(fulfilment, mailoutbox, keeper):
    hand_over(
        fulfilment=fulfilment, code=fulfilment.code, actor=keeper, at=timezone.now()
    )

    with pytest.raises(WrongFulfilmentStatus):
        mark_ready(fulfilment=fulfilment, at=timezone.now())

    assert Fulfilment.objects.get(pk=fulfilment.pk).status == "handed_over"
    assert mailoutbox == []


def test_mark_ready_refuses_cancelled_fulfilment(fulfilment):
    cancel_order(order=fulfilment.order, at=timezone.now())

    with pytest.raises(WrongFulfilmentStatus):
        mark_ready(fulfilment=fulfilment, at=timezone.now())

    assert Fulfilment.objects.get(pk=fulfilment.pk).status == "cancelled"


def test_mark_ready_of_last_parcel_makes_order_ready(two_parcels):
    first, second = two_parcels
    order = first.order

    mark_ready(fulfilment=first, at=timezone.now())
    order.refresh_from_db()
    halfway = order.status
    mark_ready(fulfilment=second, at=timezone.now())

    order.refresh_from_db()
    assert (halfway, order.status) == ("confirmed", "ready")

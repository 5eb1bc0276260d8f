"""What a keeper sees of their own point: its fulfilments and its shelf."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone

from marketplace.orders.models import Fulfilment
from marketplace.orders.operations.cancel import cancel_order
from marketplace.orders.operations.fulfil import mark_ready
from marketplace.orders.operations.hand_over import hand_over
from marketplace.orders.queries import open_work
from stores.models import SalesPoint
from stores.queries.shelves import shelf_records
from tests.factories import (
    expire_certificate,
    expire_lot,
    make_certificate,
    make_order,
    make_product,
    put_on_shelf,
)


def staffed_by(person):
    return set(SalesPoint.objects.staffed_by(person))


def test_staffed_by_returns_points_of_keeper_or_manager(
    centre, booth, keeper, other_keeper, manager, stranger
):
    assert staffed_by(keeper) == {centre}
    assert staffed_by(other_keeper) == {booth}
    assert staffed_by(manager) == {centre, booth}
    assert staffed_by(stranger) == set()
    assert staffed_by(AnonymousUser()) == set()


@pytest.mark.parametrize("who", ["keeper", "manager"])
def test_staffed_by_excludes_inactive_user(centre, who, request):
    person = request.getfixturevalue(who)
    person.is_active = False

    assert staffed_by(person) == set()


def test_fulfilments_are_visible_to_own_keeper_and_manager(
    fulfilment, keeper, other_keeper, manager, stranger
):
    seen = {
        person: list(Fulfilment.objects.visible_to(person))
        for person in (keeper, manager, other_keeper, stranger)
    }

    assert seen == {
        keeper: [fulfilment],
        manager: [fulfilment],
        other_keeper: [],
        stranger: [],
    }


def test_open_fulfilments_are_grouped_by_status(centre, tea, tea_at_centre, keeper):
    to_prepare, packed, collected, called_off = (
        make_order({tea: 1}, point=centre).fulfilments.get() for _order in range(4)
    )
    now = timezone.now()
    mark_ready(fulfilment=packed, at=now)
    hand_over(fulfilment=collected, code=collected.code, actor=keeper, at=now)
    cancel_order(order=called_off.order, at=now)

    fulfilments = open_work(centre, now=now)

    assert (fulfilments.rooms_today, fulfilments.to_prepare, fulfilments.ready) == (
        [],
        [to_prepare],
        [packed],
    )
    assert fulfilments.number == 2


def test_open_room_fulfilments_put_today_first_and_mark_late(
    booth, tea, django_assert_max_num_queries
):
    put_on_shelf(booth, tea, 9)
    yesterday = timezone.now()
    today = timezone.localdate(yesterday) + dt.timedelta(days=1)
    days = [today + dt.timedelta(days=days) for days in (1, 0, -1)]
    tomorrow, due, late = (
        make_order(
            {tea: 1}, method="room", hotel=booth, room="214", handover_on=day
        ).fulfilments.get()
        for day in days
    )
    mark_ready(fulfilment=late, at=yesterday)

    with django_assert_max_num_queries(5):
        fulfilments = open_work(booth, now=yesterday + dt.timedelta(days=1))

    assert (fulfilments.rooms_today, fulfilments.to_prepare, fulfilments.ready) == (
        [due, late],
        [tomorrow],
        [],
    )
    assert fulfilments.late == {late.pk}


def test_open_fulfilments_exclude_another_point(fulfilment, booth):
    assert open_work(booth, now=timezone.now()).number == 0


def test_shelf_query_returns_own_goods_only(tea_at_centre, booth, honey):
    put_on_shelf(booth, honey, 3)

    assert list(
        shelf_records(tea_at_centre.partner.sales_point, at=timezone.now())
    ) == [tea_at_centre]


def test_shelf_query_annotates_oldest_date_and_certificate_end(
    centre, tea, tea_at_centre
):
    put_on_shelf(centre, tea, 4, lot="SOON", keeps_days=12)
    today = timezone.localdate()
    later = make_certificate(tea, decided_on=today, expires_on=dt.date(2099, 1, 1))

    (row,) = shelf_records(centre, at=timezone.now())

    assert row.oldest == today + dt.timedelta(days=12)
    assert row.lasts == later.expires_on
    assert row.free == 14


@pytest.mark.parametrize(
    ("only", "found"),
    [
        ("", {"low", "soon", "lapsed", "fine"}),
        ("low", {"low"}),
        ("soon", {"soon"}),
        ("ending", {"lapsed"}),
        ("nonsense", {"low", "soon", "lapsed", "fine"}),
    ],
)
def test_shelf_query_filters_goods_needing_attention(centre, only, found):
    names = {name: make_product(name) for name in ("low", "soon", "lapsed", "fine")}
    for name, product in names.items():
        put_on_shelf(centre, product, 5, keeps_days=20 if name == "soon" else 365)
    expire_certificate(names["lapsed"])
    low = centre.partner.stockrecords.filter(product=names["low"])
    low.update(low_stock_threshold=5)

    rows = shelf_records(centre, at=timezone.now(), only=only)

    assert {row.product.slug for row in rows} == found


def test_shelf_query_soon_includes_expired_lot(centre, tea_at_centre):
    expire_lot(tea_at_centre)

    (row,) = shelf_records(centre, at=timezone.now(), only="soon")

    assert (row, row.free) == (tea_at_centre, 0)


@pytest.mark.parametrize(
    "text", ["trà rừng", "TRA RUNG", "rung cham", "l1", "8938500000014"]
)
def test_shelf_query_finds_by_name_lot_or_bar_code(centre, text):
    matching = make_product(title="Trà rừng Cù Lao Chàm", upc="8938500000014")
    put_on_shelf(centre, matching, 5, lot="L1")
    put_on_shelf(centre, make_product(title="Nước mắm"), 5, lot="M1")

    rows = shelf_records(centre, at=timezone.now(), text=text)

    assert [row.product for row in rows] == [matching]


def test_shelf_query_returns_one_row_per_record(centre, tea, tea_at_centre):
    put_on_shelf(centre, tea, 5, lot="L2")

    rows = shelf_records(centre, at=timezone.now(), text="tra", only="")

    assert list(rows) == [tea_at_centre]

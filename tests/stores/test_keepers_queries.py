"""What a keeper sees of her own point: its jobs and its shelf."""

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


def test_people_stand_at_their_own_desks(
    centre, booth, keeper, other_keeper, manager, stranger
):
    assert staffed_by(keeper) == {centre}
    assert staffed_by(other_keeper) == {booth}
    assert staffed_by(manager) == {centre, booth}
    assert staffed_by(stranger) == set()
    assert staffed_by(AnonymousUser()) == set()


@pytest.mark.parametrize("who", ["keeper", "manager"])
def test_who_was_let_go_stands_nowhere(centre, who, request):
    person = request.getfixturevalue(who)
    person.is_active = False

    assert staffed_by(person) == set()


def test_jobs_are_seen_by_those_who_work_there(
    fulfilment, keeper, other_keeper, manager, stranger
):
    seen = {
        person: list(Fulfilment.objects.seen_by(person))
        for person in (keeper, manager, other_keeper, stranger)
    }

    assert seen == {
        keeper: [fulfilment],
        manager: [fulfilment],
        other_keeper: [],
        stranger: [],
    }


def test_open_jobs_wait_in_their_lists(centre, tea, tea_at_centre, keeper):
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


def test_rooms_of_today_lead_and_those_of_yesterday_are_late(
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


def test_jobs_of_another_point_are_not_in_it(fulfilment, booth):
    assert open_work(booth, now=timezone.now()).number == 0


def test_a_shelf_has_only_its_own_goods(tea_at_centre, booth, honey):
    put_on_shelf(booth, honey, 3)

    assert list(
        shelf_records(tea_at_centre.partner.sales_point, at=timezone.now())
    ) == [tea_at_centre]


def test_a_shelf_says_what_expires_first_and_when_the_certificate_ends(
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
def test_a_keeper_sees_what_needs_an_eye(centre, only, found):
    names = {name: make_product(name) for name in ("low", "soon", "lapsed", "fine")}
    for name, product in names.items():
        put_on_shelf(centre, product, 5, keeps_days=20 if name == "soon" else 365)
    expire_certificate(names["lapsed"])
    low = centre.partner.stockrecords.filter(product=names["low"])
    low.update(low_stock_threshold=5)

    rows = shelf_records(centre, at=timezone.now(), only=only)

    assert {row.product.slug for row in rows} == found


def test_a_lot_past_its_date_needs_an_eye(centre, tea_at_centre):
    expire_lot(tea_at_centre)

    (row,) = shelf_records(centre, at=timezone.now(), only="soon")

    assert (row, row.free) == (tea_at_centre, 0)


@pytest.mark.parametrize(
    "text", ["trà rừng", "TRA RUNG", "rung cham", "l1", "8938500000014"]
)
def test_goods_are_found_by_name_without_accents_by_lot_and_by_bar_code(centre, text):
    matching = make_product(title="Trà rừng Cù Lao Chàm", upc="8938500000014")
    put_on_shelf(centre, matching, 5, lot="L1")
    put_on_shelf(centre, make_product(title="Nước mắm"), 5, lot="M1")

    rows = shelf_records(centre, at=timezone.now(), text=text)

    assert [row.product for row in rows] == [matching]


def test_two_lots_are_one_row(centre, tea, tea_at_centre):
    put_on_shelf(centre, tea, 5, lot="L2")

    rows = shelf_records(centre, at=timezone.now(), text="tra", only="")

    assert list(rows) == [tea_at_centre]

"""What is free where, and which shelf a visitor is told of first."""

import datetime as dt

import pytest
from django.utils import timezone

from stores.models import SalesPoint
from stores.operations.correct import correct
from stores.operations.reserve import reserve
from stores.queries.free import free_records
from stores.queries.points import kinds_at, open_points, point_rows
from stores.queries.shelves import FEW, product_cards, shelf_at, shelves_by_product
from tests.factories import (
    expire_certificate,
    expire_lot,
    make_hours,
    make_point,
    make_product,
    put_on_shelf,
)

KM_NORTH = 1 / 111.2  # degrees of latitude


def make_point_north(km: float, **fields: object) -> SalesPoint:
    """A point so many kilometres north of the old town."""
    return make_point(lat=15.88 + km * KM_NORTH, lng=108.33, **fields)


def noon() -> dt.datetime:
    """Today, at an hour at which points are open."""
    return timezone.localtime().replace(hour=12)


def get_point_order(product, *, place=None):
    points = open_points()
    shelves = shelves_by_product([product], points=points, place=place, now=noon())
    return [shelf.point for shelf in shelves.get(product.pk, [])]


def get_free_units(record, *, at=None):
    rows = free_records(at=at or timezone.now()).filter(pk=record.pk)
    return rows.values_list("free", flat=True).first()


def test_shelves_put_own_place_first_even_when_closed(tea):
    near, own, far = (
        make_point_north(1),
        make_point_north(0, hours=make_hours()),
        make_point_north(9),
    )
    for point in (far, near, own):
        put_on_shelf(point, tea, 5)

    assert get_point_order(tea, place=own) == [own, near, far]


def test_shelves_count_closed_point_as_three_km_farther(tea):
    place = make_point_north(0)
    closed = make_point_north(1, hours=make_hours())
    before_it, behind_it = make_point_north(3.9), make_point_north(4.1)
    for point in (closed, before_it, behind_it):
        put_on_shelf(point, tea, 5)

    assert get_point_order(tea, place=place) == [before_it, closed, behind_it]


def test_shelves_without_place_put_regional_centre_first(tea):
    near = make_point_north(1)
    centre = make_point_north(0, kind=SalesPoint.Kind.REGIONAL_CENTRE)
    far = make_point_north(5)
    for point in (far, near, centre):
        put_on_shelf(point, tea, 5)

    assert get_point_order(tea) == [centre, near, far]


def test_shelves_without_any_centre_list_points(tea):
    point = make_point_north(3)
    put_on_shelf(point, tea, 5)

    assert get_point_order(tea) == [point]


def test_shelves_annotate_distance_and_is_here(tea):
    place, near = make_point_north(0), make_point_north(2)
    put_on_shelf(place, tea, 5)
    put_on_shelf(near, tea, 5)

    shelves = shelves_by_product([tea], points=open_points(), place=place, now=noon())

    here, there = shelves[tea.pk]
    assert (here.is_here, here.distance_km) == (True, 0)
    assert (there.is_here, round(there.distance_km, 1)) == (False, 2.0)
    assert here.open_until == dt.time.max


def test_shelves_without_place_have_no_distance(tea_at_centre, tea):
    (shelf,) = shelves_by_product([tea], points=open_points(), place=None, now=noon())[
        tea.pk
    ]

    assert (shelf.distance_km, shelf.is_here) == (None, False)


@pytest.mark.parametrize(("units", "few"), [(1, True), (FEW, True), (FEW + 1, False)])
def test_card_marks_few_units_left(centre, tea, units, few):
    put_on_shelf(centre, tea, units)

    (card,) = product_cards([tea], points=[centre], place=None, now=noon())

    assert (card.nearest.free, card.nearest.few) == (units, few)


def test_shelves_take_one_query(centre, booth, django_assert_num_queries):
    goods = [make_product() for _number in range(6)]
    for product in goods:
        put_on_shelf(centre, product, 3)
        put_on_shelf(booth, product, 3)
    points = open_points()

    with django_assert_num_queries(1):
        shelves = shelves_by_product(goods, points=points, place=booth, now=noon())

    assert {len(row) for row in shelves.values()} == {2}
    assert len(shelves) == 6


def test_free_records_exclude_allocated_units(tea_at_centre):
    reserve(lines={tea_at_centre.pk: 3}, at=timezone.now())

    assert get_free_units(tea_at_centre) == 7


def test_free_records_exclude_fully_allocated_record(tea_at_centre, tea):
    reserve(lines={tea_at_centre.pk: 10}, at=timezone.now())

    assert get_free_units(tea_at_centre) is None
    assert get_point_order(tea) == []


def test_free_records_exclude_expired_lot(tea_at_centre, centre, tea):
    put_on_shelf(centre, tea, 4, lot="L2", keeps_days=9)
    now = timezone.now()
    expire_lot(tea_at_centre, "L1")

    assert get_free_units(tea_at_centre) == 4
    assert get_free_units(tea_at_centre, at=now + dt.timedelta(days=8)) == 4
    assert get_free_units(tea_at_centre, at=now + dt.timedelta(days=9)) is None


def test_free_records_ignore_empty_expired_lot(centre, tea):
    record = put_on_shelf(centre, tea, 4, lot="OLD")
    put_on_shelf(centre, tea, 3, lot="NEW")
    correct(
        record=record,
        batch=record.lots.get(batch__lot="OLD").batch,
        counted=0,
        reason="Vỡ",
        actor=None,
        at=noon(),
    )
    expire_lot(record, "OLD")

    assert get_free_units(record) == 3


def test_free_records_exclude_closed_point(tea_at_centre, tea, centre):
    SalesPoint.objects.filter(pk=centre.pk).update(is_open=False)

    assert get_free_units(tea_at_centre) is None
    assert open_points() == []


def test_point_rows_are_numbered_by_distance(tea):
    place, near, far = make_point_north(0), make_point_north(2), make_point_north(7)
    put_on_shelf(far, tea, 1)

    rows = point_rows([far, near, place], place=place, now=noon())

    assert [(row.number, row.point) for row in rows] == [
        (1, place),
        (2, near),
        (3, far),
    ]
    assert [row.products for row in rows] == [0, 0, 1]
    assert [row.is_place for row in rows] == [True, False, False]


def test_kinds_at_counts_products_on_sale(centre, booth, tea, honey):
    put_on_shelf(centre, tea, 5)
    put_on_shelf(centre, honey, 5)
    put_on_shelf(booth, honey, 5)
    expire_certificate(honey)

    assert kinds_at(at=timezone.now()) == {centre.partner_id: 1}


def test_shelf_at_sorts_by_stars_and_omits_alcohol(centre):
    four, five = make_product(stars=4), make_product(stars=5)
    spirit = make_product(stars=5, abv="35.0", advertising_forbidden=True)
    lapsed = make_product(stars=5, certified=False)
    for product in (four, five, spirit, lapsed):
        put_on_shelf(centre, product, 5)

    cards = shelf_at(centre, points=[centre], place=None, now=noon())

    assert [card.product for card in cards] == [five, four]


def test_shelf_at_without_point_is_empty(db):
    assert shelf_at(None, points=[], place=None, now=noon()) == []


def test_distance_km_is_geodesic(db):
    hoi_an = make_point(lat=15.8772, lng=108.3265)
    tam_ky = make_point(lat=15.5736, lng=108.4740)

    assert 36 < hoi_an.distance_km(tam_ky) < 38
    assert hoi_an.distance_km(tam_ky) == tam_ky.distance_km(hoi_an)

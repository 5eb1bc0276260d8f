"""What may be sold on a day: the one date query that decides it."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalogue.models import Certificate, Product
from catalogue.queries import census, goods_of_district
from tests.factories import (
    make_certificate,
    make_commune,
    make_district,
    make_product,
)

TODAY = dt.date(2026, 8, 1)
DECIDED, EXPIRES = dt.date(2026, 3, 10), dt.date(2029, 3, 10)
DAY = dt.timedelta(days=1)


@pytest.fixture
def pepper(db: None) -> Product:
    """Has no certificate yet."""
    return make_product("tieu-tien-phuoc", certified=False)


def certify(product: Product, **fields: object) -> Certificate:
    values = {"decided_on": DECIDED, "expires_on": EXPIRES} | fields
    return make_certificate(product, **values)


def slugs_on_sale(on: dt.date) -> list[str]:
    return [product.slug for product in Product.objects.on_sale(on=on)]


def test_on_sale_annotates_product_with_certificate_in_force(pepper):
    certify(pepper, stars=5, decision_no="12/QĐ-UBND")

    (product,) = Product.objects.on_sale(on=TODAY)

    assert product == pepper
    assert (product.stars, product.decision_no) == (5, "12/QĐ-UBND")
    assert product.expires_on == EXPIRES


def test_on_sale_excludes_product_without_certificate(pepper):
    assert slugs_on_sale(TODAY) == []


@pytest.mark.parametrize(
    ("on", "is_sold"),
    [
        (DECIDED - DAY, False),
        (DECIDED, True),
        (EXPIRES - DAY, True),
        (EXPIRES, False),
        (EXPIRES + DAY, False),
    ],
)
def test_on_sale_includes_from_decision_until_day_before_expiry(pepper, on, is_sold):
    certify(pepper)

    assert slugs_on_sale(on) == (["tieu-tien-phuoc"] if is_sold else [])


@pytest.mark.parametrize("end", ["withdrawn_on", "superseded_on"])
def test_on_sale_excludes_from_day_withdrawn_or_superseded(pepper, end):
    certify(pepper, **{end: TODAY})

    assert slugs_on_sale(TODAY - DAY) == ["tieu-tien-phuoc"]
    assert slugs_on_sale(TODAY) == slugs_on_sale(TODAY + DAY) == []


def test_on_sale_lists_recertified_product_once_with_new_stars(pepper):
    certify(pepper, stars=3, superseded_on=TODAY)
    certify(pepper, stars=4, decided_on=TODAY, expires_on=TODAY + 1096 * DAY)

    assert [p.stars for p in Product.objects.on_sale(on=TODAY - DAY)] == [3]
    assert [p.stars for p in Product.objects.on_sale(on=TODAY)] == [4]


def test_on_sale_uses_latest_decision_of_two_certificates(pepper):
    certify(pepper, stars=3)
    certify(pepper, stars=4, decided_on=TODAY)
    certify(pepper, stars=5, decided_on=TODAY - DAY, withdrawn_on=TODAY)

    assert [p.stars for p in Product.objects.on_sale(on=TODAY - DAY)] == [5]
    assert [p.stars for p in Product.objects.on_sale(on=TODAY)] == [4]
    assert Product.objects.on_sale(on=TODAY).count() == 1


def test_on_sale_excludes_hidden_product(pepper):
    certify(pepper)
    Product.objects.update(is_public=False)

    assert slugs_on_sale(TODAY) == []


def test_on_sale_takes_one_query_for_any_number(db):
    for _number in range(3):
        certify(make_product(certified=False))

    with CaptureQueriesContext(connection) as queries:
        assert len(slugs_on_sale(TODAY)) == 3
    assert len(queries) == 1


DAYS = st.dates(dt.date(2025, 1, 1), dt.date(2025, 1, 12))
MAYBE = st.none() | DAYS


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(decided=DAYS, on=DAYS, life=st.integers(1, 12), withdrawn=MAYBE, replaced=MAYBE)
def test_certificate_is_in_force_agrees_with_on_sale(
    pepper, decided, on, life, withdrawn, replaced
):
    Certificate.objects.all().delete()
    certificate = certify(
        pepper,
        decided_on=decided,
        expires_on=decided + life * DAY,
        withdrawn_on=withdrawn,
        superseded_on=replaced,
    )

    assert certificate.is_in_force(on=on) == bool(slugs_on_sale(on))


def test_census_counts_products_on_sale_that_day(db):
    south, north = make_district("nui-thanh"), make_district("tay-giang")
    for stars in (3, 4, 5):
        product = make_product(certified=False, commune=make_commune(south))
        certify(product, stars=stars)
    certify(
        make_product(certified=False, commune=make_commune(north)), expires_on=TODAY
    )

    counted = census(on=TODAY)

    tiles = {tile.area: (tile.products, tile.four_stars) for tile in counted.tiles}
    assert (tiles[south], tiles[north]) == ((3, 2), (0, 0))
    assert (counted.total, counted.most, counted.fewest) == (3, 3, 0)
    assert counted.by_group["food"] == counted.by_flies["cabin"] == 3
    assert counted.tile("nui-thanh").shade > counted.tile("tay-giang").shade
    assert counted.tile("ha-noi") is None


def test_district_goods_exclude_alcohol(db):
    district = make_district("nui-thanh")
    for stars, forbidden in ((5, True), (3, False), (4, False)):
        product = make_product(
            certified=False,
            commune=make_commune(district),
            advertising_forbidden=forbidden,
        )
        certify(product, stars=stars)

    assert [p.stars for p in goods_of_district(district, on=TODAY)] == [4, 3]

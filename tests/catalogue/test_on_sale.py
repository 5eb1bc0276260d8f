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


def test_a_certificate_in_force_puts_its_facts_on_the_product(pepper):
    certify(pepper, stars=5, decision_no="12/QĐ-UBND")

    (product,) = Product.objects.on_sale(on=TODAY)

    assert product == pepper
    assert (product.stars, product.decision_no) == (5, "12/QĐ-UBND")
    assert product.expires_on == EXPIRES


def test_without_a_certificate_nothing_is_sold(pepper):
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
def test_it_is_sold_from_the_decision_to_the_day_before_it_runs_out(
    pepper, on, is_sold
):
    certify(pepper)

    assert slugs_on_sale(on) == (["tieu-tien-phuoc"] if is_sold else [])


@pytest.mark.parametrize("end", ["withdrawn_on", "superseded_on"])
def test_it_is_sold_until_the_day_it_is_withdrawn_or_replaced(pepper, end):
    certify(pepper, **{end: TODAY})

    assert slugs_on_sale(TODAY - DAY) == ["tieu-tien-phuoc"]
    assert slugs_on_sale(TODAY) == slugs_on_sale(TODAY + DAY) == []


def test_recognised_again_it_is_sold_once_and_with_its_new_stars(pepper):
    certify(pepper, stars=3, superseded_on=TODAY)
    certify(pepper, stars=4, decided_on=TODAY, expires_on=TODAY + 1096 * DAY)

    assert [p.stars for p in Product.objects.on_sale(on=TODAY - DAY)] == [3]
    assert [p.stars for p in Product.objects.on_sale(on=TODAY)] == [4]


def test_of_two_certificates_in_force_the_later_decision_counts(pepper):
    certify(pepper, stars=3)
    certify(pepper, stars=4, decided_on=TODAY)
    certify(pepper, stars=5, decided_on=TODAY - DAY, withdrawn_on=TODAY)

    assert [p.stars for p in Product.objects.on_sale(on=TODAY - DAY)] == [5]
    assert [p.stars for p in Product.objects.on_sale(on=TODAY)] == [4]
    assert Product.objects.on_sale(on=TODAY).count() == 1


def test_what_is_hidden_is_not_sold(pepper):
    certify(pepper)
    Product.objects.update(is_public=False)

    assert slugs_on_sale(TODAY) == []


def test_one_query_whatever_the_number(db):
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
def test_a_certificate_says_of_itself_what_the_query_says(
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


def test_the_census_counts_what_is_sold_that_day(db):
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


def test_the_first_glance_at_a_district_shows_no_alcohol(db):
    district = make_district("nui-thanh")
    for stars, forbidden in ((5, True), (3, False), (4, False)):
        product = make_product(
            certified=False,
            commune=make_commune(district),
            advertising_forbidden=forbidden,
        )
        certify(product, stars=stars)

    assert [p.stars for p in goods_of_district(district, on=TODAY)] == [4, 3]

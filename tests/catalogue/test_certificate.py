"""What a certificate is on a day, and what the database does not let it be."""

import datetime as dt

import pytest
from django.db import IntegrityError, transaction

from catalogue.models import Area, Batch, Certificate, Producer, Product
from tests.factories import (
    make_certificate,
    make_commune,
    make_district,
    make_producer,
    make_product,
)

TODAY = dt.date(2026, 8, 1)
DAY = dt.timedelta(days=1)


def certificate(**fields: object) -> Certificate:
    values = {"decided_on": TODAY - 100 * DAY, "expires_on": TODAY + 900 * DAY}
    return Certificate(**(values | fields))


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({}, "valid"),
        ({"decided_on": TODAY}, "valid"),
        ({"decided_on": TODAY + DAY}, "undecided"),
        ({"expires_on": TODAY + 91 * DAY}, "valid"),
        ({"expires_on": TODAY + 90 * DAY}, "expiring"),
        ({"expires_on": TODAY + DAY}, "expiring"),
        ({"expires_on": TODAY}, "expired"),
        ({"withdrawn_on": TODAY + DAY}, "valid"),
        ({"withdrawn_on": TODAY}, "withdrawn"),
        ({"superseded_on": TODAY}, "superseded"),
        ({"superseded_on": TODAY, "expires_on": TODAY}, "superseded"),
        ({"withdrawn_on": TODAY, "expires_on": TODAY}, "withdrawn"),
    ],
)
def test_certificate_state_by_day(fields, state):
    assert certificate(**fields).state(on=TODAY) == state


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({"stars": 2}, "certificate_three_to_five_stars"),
        ({"stars": 6}, "certificate_three_to_five_stars"),
        (
            {"decided_on": TODAY, "expires_on": TODAY},
            "certificate_expires_after_decision",
        ),
        ({"issuer": ""}, "certificate_names_its_issuer"),
    ],
)
def test_certificate_constraints_refuse_invalid_fields(tea, fields, rule):
    with pytest.raises(IntegrityError, match=rule), transaction.atomic():
        make_certificate(tea, **fields)

    assert Certificate.objects.count() == 1


def test_certificate_constraint_refuses_second_decision_on_same_day(tea):
    decided_on = tea.certificates.get().decided_on
    with (
        pytest.raises(IntegrityError, match="certificate_once_a_day"),
        transaction.atomic(),
    ):
        make_certificate(tea, decided_on=decided_on)

    assert Certificate.objects.count() == 1


@pytest.mark.parametrize("price", [0, -1])
def test_product_constraint_refuses_price_below_one(tea, price):
    with pytest.raises(IntegrityError), transaction.atomic():
        Product.objects.update(price_vnd=price)

    assert Product.objects.get().price_vnd == 95_000


def test_product_constraint_refuses_duplicate_slug(tea):
    with (
        pytest.raises(IntegrityError, match="product_slug_once"),
        transaction.atomic(),
    ):
        make_product("tra-rung")


def test_batch_constraint_refuses_duplicate_lot_per_product(tea, honey):
    Batch.objects.create(product=tea, lot="L1")
    Batch.objects.create(product=honey, lot="L1")
    with pytest.raises(IntegrityError, match="batch_lot_once"), transaction.atomic():
        Batch.objects.create(product=tea, lot="L1")

    assert Batch.objects.count() == 2


def test_batch_constraint_refuses_best_before_on_made_day(tea):
    Batch.objects.create(product=tea, lot="L1", made_on=TODAY)
    Batch.objects.create(product=tea, lot="L2", best_before=TODAY)
    with (
        pytest.raises(IntegrityError, match="batch_keeps_after_making"),
        transaction.atomic(),
    ):
        Batch.objects.create(product=tea, lot="L3", made_on=TODAY, best_before=TODAY)


def test_area_constraint_refuses_shared_map_tile(db):
    make_district("hoi-an", tile_row=1, tile_col=2)
    with (
        pytest.raises(IntegrityError, match="area_one_tile_each"),
        transaction.atomic(),
    ):
        make_district("tam-ky", tile_row=1, tile_col=2)


def test_area_constraint_refuses_duplicate_commune_name_in_district(db):
    district = make_district("hoi-an")
    make_commune(district, name_vi="Xã Cẩm Hà")
    make_commune(make_district("tam-ky"), name_vi="Xã Cẩm Hà")
    with (
        pytest.raises(IntegrityError, match="area_one_name_per_parent"),
        transaction.atomic(),
    ):
        make_commune(district, name_vi="Xã Cẩm Hà")


@pytest.mark.parametrize("kind", [Area, Producer])
def test_delete_refuses_area_or_producer_of_product(tea, kind):
    owner = tea.commune if kind is Area else tea.producer
    with pytest.raises(IntegrityError), transaction.atomic():
        owner.delete()

    assert kind.objects.filter(pk=owner.pk).exists()


def test_producer_constraint_refuses_duplicate_slug(db):
    make_producer(slug="htx-minh-phuc")
    with pytest.raises(IntegrityError), transaction.atomic():
        make_producer(slug="htx-minh-phuc")

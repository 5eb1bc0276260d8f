"""Which rate of VAT holds, and how a price is parted into what is taxed and the tax."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.vat import (
    VatKind,
    VatRate,
    by_rate,
    rate_on,
    usual_kind,
    vat_between,
    vat_in,
)

REDUCED, AFTERWARDS = dt.date(2026, 12, 31), dt.date(2027, 1, 1)
gross = st.integers(0, 10**9)
rates = st.sampled_from(VatRate.values)


@pytest.mark.parametrize(
    ("kind", "day", "rate"),
    [
        (VatKind.STANDARD, REDUCED, "8"),
        (VatKind.STANDARD, AFTERWARDS, "10"),
        (VatKind.STANDARD, dt.date(2025, 6, 30), "10"),
        (VatKind.EXCISE, REDUCED, "10"),
        (VatKind.EXCISE, AFTERWARDS, "10"),
        (VatKind.FARM, REDUCED, "5"),
        (VatKind.FARM, AFTERWARDS, "5"),
    ],
)
def test_rate_on_returns_rate_of_the_day(kind, day, rate):
    assert rate_on(kind, day) == rate


def test_rate_on_exempts_unprocessed_goods_sold_by_grower():
    assert rate_on(VatKind.FARM, REDUCED, by_grower=True) == "none"
    assert rate_on(VatKind.STANDARD, REDUCED, by_grower=True) == "8"
    assert rate_on(VatKind.EXCISE, REDUCED, by_grower=True) == "10"


def test_usual_kind_returns_kind_of_subgroup():
    assert usual_kind(subgroup="grain", is_alcohol=False) == VatKind.FARM
    assert usual_kind(subgroup="tea", is_alcohol=False) == VatKind.STANDARD
    assert usual_kind(subgroup="grain", is_alcohol=True) == VatKind.EXCISE


@pytest.mark.parametrize(
    ("gross_vnd", "rate", "vat_vnd"),
    [
        (108_000, "8", 8_000),
        (95_000, "8", 7_037),  # 7037.04
        (27, "8", 2),
        (105, "10", 10),  # 9.54…
        (21, "5", 1),
        (10, "5", 0),  # 0.476
        (95_000, "none", 0),
        (95_000, "", 0),
        (-108_000, "8", -8_000),
    ],
)
def test_vat_in_returns_whole_dong(gross_vnd, rate, vat_vnd):
    assert vat_in(gross_vnd, rate) == vat_vnd


@given(gross, rates)
def test_vat_in_rounds_to_nearest_dong(gross_vnd, rate):
    percent = 0 if rate == "none" else int(rate)

    off = vat_in(gross_vnd, rate) * (100 + percent) - gross_vnd * percent

    assert abs(2 * off) <= 100 + percent


@given(st.lists(gross, max_size=20), rates)
def test_vat_between_pieces_sums_to_vat_of_line(pieces, rate):
    taken, vat = 0, 0
    for piece in pieces:
        vat += vat_between(taken, taken + piece, rate)
        taken += piece

    assert vat == vat_in(sum(pieces), rate)


@given(st.lists(st.tuples(rates, gross), max_size=20))
def test_by_rate_sums_lose_no_dong(lines):
    rows = [(rate, sum_, vat_in(sum_, rate)) for rate, sum_ in lines]

    sums = by_rate(rows)

    assert sum(one.gross_vnd for one in sums) == sum(row[1] for row in rows)
    assert sum(one.vat_vnd + one.net_vnd for one in sums) == sum(r[1] for r in rows)
    assert len({one.rate for one in sums}) == len(sums)

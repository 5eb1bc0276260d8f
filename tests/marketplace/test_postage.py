"""What the post costs."""

from types import MappingProxyType

import pytest

from marketplace.orders.postage import PROVINCES, TooHeavy, postage

WEIGHTS = (1, 500, 501, 1000, 1001, 2000, 2001, 3000, 3001, 5000, 5001, 6000, 30_000)
PRICES = MappingProxyType(
    {
        "da-nang": (20, 20, 25, 25, 30, 30, 35, 35, 45, 45, 50, 50, 170),
        "hue": (28, 28, 34, 34, 42, 42, 50, 50, 65, 65, 73, 73, 265),
        "ha-noi": (32, 32, 40, 40, 52, 52, 64, 64, 85, 85, 96, 96, 360),
    }
)
"""Thousand dong for each of the weights, one province of each zone."""


@pytest.mark.parametrize(
    ("province", "weight_g", "thousand"),
    [
        (province, weight_g, thousand)
        for province, prices in PRICES.items()
        for weight_g, thousand in zip(WEIGHTS, prices, strict=True)
    ],
)
def test_postage_by_zone_and_weight(province, weight_g, thousand):
    price = postage(province=province, weight_g=weight_g).price_vnd

    assert (price, type(price)) == (thousand * 1000, int)


@pytest.mark.parametrize("province", PROVINCES)
def test_postage_refuses_parcel_over_thirty_kilograms(province):
    assert postage(province=province, weight_g=30_000).price_vnd > 0
    with pytest.raises(TooHeavy):
        postage(province=province, weight_g=30_001)


@pytest.mark.parametrize("province", PROVINCES)
def test_postage_never_decreases_with_weight(province):
    prices = [
        postage(province=province, weight_g=weight_g).price_vnd
        for weight_g in range(0, 30_001, 250)
    ]

    assert prices == sorted(prices)


def test_provinces_are_the_thirty_four_of_2025():
    assert len(PROVINCES) == 34
    assert "quang-nam" not in PROVINCES
    assert len({name for name, _zone in PROVINCES.values()}) == 34


def test_postage_delivery_days_grow_with_distance():
    days = [postage(province=slug, weight_g=1).days for slug in PRICES]

    assert days == [(1, 2), (2, 4), (3, 5)]


def test_postage_of_unknown_province_raises_key_error():
    with pytest.raises(KeyError):
        postage(province="atlantis", weight_g=1)

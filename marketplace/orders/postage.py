"""Postage by weight and zone, from Hội An to anywhere in Việt Nam.

The rates are sample figures in the shape of a postal tariff; a real contract with a
carrier replaces the table. Provinces are the thirty-four of since 1 July 2025.
Source of the list: Resolution 202/2025/QH15.
"""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from catalogue.refusals import Refusal

NEAR, CENTRE, FAR = "near", "centre", "far"

PROVINCES = {
    "da-nang": ("Thành phố Đà Nẵng", NEAR),
    "hue": ("Thành phố Huế", CENTRE),
    "quang-tri": ("Quảng Trị", CENTRE),
    "quang-ngai": ("Quảng Ngãi", CENTRE),
    "gia-lai": ("Gia Lai", CENTRE),
    "dak-lak": ("Đắk Lắk", CENTRE),
    "khanh-hoa": ("Khánh Hòa", CENTRE),
    "lam-dong": ("Lâm Đồng", CENTRE),
    "ha-tinh": ("Hà Tĩnh", CENTRE),
    "nghe-an": ("Nghệ An", CENTRE),
    "ha-noi": ("Thành phố Hà Nội", FAR),
    "ho-chi-minh": ("Thành phố Hồ Chí Minh", FAR),
    "hai-phong": ("Thành phố Hải Phòng", FAR),
    "can-tho": ("Thành phố Cần Thơ", FAR),
    "an-giang": ("An Giang", FAR),
    "bac-ninh": ("Bắc Ninh", FAR),
    "ca-mau": ("Cà Mau", FAR),
    "cao-bang": ("Cao Bằng", FAR),
    "dien-bien": ("Điện Biên", FAR),
    "dong-nai": ("Đồng Nai", FAR),
    "dong-thap": ("Đồng Tháp", FAR),
    "hung-yen": ("Hưng Yên", FAR),
    "lai-chau": ("Lai Châu", FAR),
    "lang-son": ("Lạng Sơn", FAR),
    "lao-cai": ("Lào Cai", FAR),
    "ninh-binh": ("Ninh Bình", FAR),
    "phu-tho": ("Phú Thọ", FAR),
    "quang-ninh": ("Quảng Ninh", FAR),
    "son-la": ("Sơn La", FAR),
    "tay-ninh": ("Tây Ninh", FAR),
    "thai-nguyen": ("Thái Nguyên", FAR),
    "thanh-hoa": ("Thanh Hóa", FAR),
    "tuyen-quang": ("Tuyên Quang", FAR),
    "vinh-long": ("Vĩnh Long", FAR),
}

STEPS_G = [500, 1000, 2000, 3000, 5000]
"""Upper bounds of the weight steps, in grams; heavier pays per further kilogram."""

RATES = {
    NEAR: ([20_000, 25_000, 30_000, 35_000, 45_000], 5_000),
    CENTRE: ([28_000, 34_000, 42_000, 50_000, 65_000], 8_000),
    FAR: ([32_000, 40_000, 52_000, 64_000, 85_000], 11_000),
}
"""Zone to the price of each step and of each kilogram above the last, whole dong."""

DAYS = {NEAR: (1, 2), CENTRE: (2, 4), FAR: (3, 5)}

HEAVIEST_G = 30_000


class TooHeavy(Refusal):
    field = "receive"
    message = gettext_lazy(
        "One parcel carries 30 kg at most. Please order in two parts."
    )


@dataclass(frozen=True)
class Postage:
    """What a parcel costs, in whole dong, and in how many days it arrives."""

    price_vnd: int
    days: tuple[int, int]


def postage(*, province: str, weight_g: int) -> Postage:
    """The postage of one parcel of `weight_g` grams to a province, by its slug.

    Raises KeyError for a province that does not exist, TooHeavy above 30 kg.
    """
    zone = PROVINCES[province][1]
    return Postage(postage_price(zone, weight_g), DAYS[zone])


def postage_price(zone: str, weight_g: int) -> int:
    if weight_g > HEAVIEST_G:
        raise TooHeavy
    steps, per_kg = RATES[zone]
    for limit, price in zip(STEPS_G, steps, strict=True):
        if weight_g <= limit:
            return price
    further_kg = -(-(weight_g - STEPS_G[-1]) // 1000)
    return steps[-1] + further_kg * per_kg

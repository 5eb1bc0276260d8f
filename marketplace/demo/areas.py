"""The districts and communes of Quảng Nam, and what their land is called since 2025."""

import datetime as dt

from catalogue.models import Area
from marketplace.demo.files import Files
from marketplace.demo.upsert import upsert

TODAY_BEGAN = dt.date(2025, 7, 1)
"""The day the district level ended and Quảng Nam joined Đà Nẵng."""

KINDS_OF_COMMUNE = ("Xã ", "Phường ", "Thị trấn ", "Đặc khu ")

KNOWN_FOR = {
    "tay-giang": ("đảng sâm", "codonopsis"),
    "dong-giang": ("chè dây", "vine tea"),
    "dai-loc": ("hương trầm", "incense"),
    "dien-ban": ("bánh tráng", "rice paper"),
    "hoi-an": ("đèn lồng", "lanterns"),
    "nam-giang": ("thổ cẩm", "brocade"),
    "nong-son": ("bưởi trụ", "pomelo"),
    "duy-xuyen": ("lụa", "silk"),
    "phuoc-son": ("sâm dây", "codonopsis"),
    "hiep-duc": ("dầu phụng", "peanut oil"),
    "que-son": ("bánh dừa", "coconut cake"),
    "thang-binh": ("nước mắm", "fish sauce"),
    "bac-tra-my": ("quế", "cinnamon"),
    "tien-phuoc": ("tiêu", "pepper"),
    "phu-ninh": ("mật ong", "honey"),
    "tam-ky": ("chiếu cói", "sedge mats"),
    "nam-tra-my": ("sâm", "ginseng"),
    "nui-thanh": ("yến", "bird's nest"),
}


def without_kind(name: str) -> str:
    for kind in KINDS_OF_COMMUNE:
        if name.startswith(kind):
            return name.removeprefix(kind)
    return name


KEY = ("kind", "parent_id", "name_vi")


def load_areas(files: Files) -> dict[tuple[str, str], Area]:
    """Write every area; returns the communes of old by (district slug, short name)."""
    provinces = upsert(
        Area,
        KEY,
        [
            {
                "kind": Area.Kind.PROVINCE,
                "code": "49",
                "name_vi": "Tỉnh Quảng Nam",
                "name_en": "Quảng Nam province",
                "short_name": "Quảng Nam",
                "parent_id": None,
                "valid_to": dt.date(2025, 6, 30),
            },
            {
                "kind": Area.Kind.PROVINCE,
                "code": "48",
                "name_vi": "Thành phố Đà Nẵng",
                "name_en": "Đà Nẵng city",
                "short_name": "Đà Nẵng",
                "parent_id": None,
            },
        ],
    )
    quang_nam = provinces[Area.Kind.PROVINCE, None, "Tỉnh Quảng Nam"]
    da_nang = provinces[Area.Kind.PROVINCE, None, "Thành phố Đà Nẵng"]
    quang_nam.successors.set([da_nang])

    written = upsert(
        Area,
        KEY,
        [
            {
                "kind": Area.Kind.DISTRICT,
                "code": district.code,
                "slug": district.slug,
                "name_vi": district.name_vi,
                "name_en": district.name_en,
                "short_name": district.short_vi,
                "parent_id": quang_nam.pk,
                "valid_to": district.valid_to,
                "terrain": district.terrain,
                "tile_row": district.tile.row,
                "tile_col": district.tile.col,
                "lat": district.lat,
                "lng": district.lng,
                "description_vi": district.description_vi,
                "description_en": district.description_en,
                "known_for_vi": KNOWN_FOR.get(district.slug, ("", ""))[0],
                "known_for_en": KNOWN_FOR.get(district.slug, ("", ""))[1],
            }
            for district in files.districts
        ],
    )
    districts = {area.slug: area for area in written.values() if area.slug}
    upsert(
        Area,
        KEY,
        [
            {
                "kind": Area.Kind.COMMUNE,
                "code": successor.code,
                "name_vi": successor.name_vi,
                "name_en": f"{without_kind(successor.name_vi)} commune",
                "short_name": without_kind(successor.name_vi),
                "parent_id": da_nang.pk,
                "valid_from": TODAY_BEGAN,
            }
            for successor in {
                commune.successor.code: commune.successor for commune in files.communes
            }.values()
        ],
    )
    written = upsert(
        Area,
        KEY,
        [
            {
                "kind": Area.Kind.COMMUNE,
                "code": commune.code or "",
                "name_vi": commune.name_vi,
                "name_en": f"{commune.short_vi} {commune.kind}",
                "short_name": commune.short_vi,
                "parent_id": districts[commune.district].pk,
                "valid_to": commune.valid_to,
                "lat": commune.lat,
                "lng": commune.lng,
            }
            for commune in files.communes
        ],
    )
    communes = {
        (commune.district, commune.short_vi): written[
            Area.Kind.COMMUNE, districts[commune.district].pk, commune.name_vi
        ]
        for commune in files.communes
    }
    since = {
        commune.successor.code: written[
            Area.Kind.COMMUNE, da_nang.pk, commune.successor.name_vi
        ]
        for commune in files.communes
    }
    link_successors(files, communes, since, districts)
    return communes


def link_successors(
    files: Files,
    communes: dict[tuple[str, str], Area],
    since: dict[str, Area],
    districts: dict[str, Area],
) -> None:
    """A commune goes on as one new commune; a district as all of its communes' ones."""
    Link = Area.successors.through
    links = set()
    for commune in files.communes:
        new = since[commune.successor.code]
        links.add((communes[commune.district, commune.short_vi].pk, new.pk))
        links.add((districts[commune.district].pk, new.pk))
    links -= set(Link.objects.values_list("from_area", "to_area"))
    Link.objects.bulk_create(
        Link(from_area_id=old, to_area_id=new) for old, new in sorted(links)
    )

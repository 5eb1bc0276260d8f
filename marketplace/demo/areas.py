"""The districts and communes of Quảng Nam, and what their land is called since 2025."""

import datetime as dt

from catalogue.models import Area
from marketplace.demo.files import Files
from marketplace.demo.upsert import Fields, copy_fields, upsert

MERGED_ON = dt.date(2025, 7, 1)
"""The day the district level ended and Quảng Nam joined Đà Nẵng."""

PROVINCES: list[Fields] = [
    {
        "kind": Area.Kind.PROVINCE,
        "code": "49",
        "name_vi": "Tỉnh Quảng Nam",
        "name_en": "Quảng Nam province",
        "short_name": "Quảng Nam",
        "parent_id": None,
        "valid_to": MERGED_ON - dt.timedelta(days=1),
    },
    {
        "kind": Area.Kind.PROVINCE,
        "code": "48",
        "name_vi": "Thành phố Đà Nẵng",
        "name_en": "Đà Nẵng city",
        "short_name": "Đà Nẵng",
        "parent_id": None,
    },
]
KEY = ("kind", "parent_id", "name_vi")
KINDS_OF_COMMUNE = ("Xã ", "Phường ", "Thị trấn ", "Đặc khu ")


def remove_kind(name: str) -> str:
    for kind in KINDS_OF_COMMUNE:
        name = name.removeprefix(kind)
    return name


def load_areas(files: Files) -> dict[tuple[str, str], Area]:
    """Write every area; returns the communes of old by (district slug, short name)."""
    provinces = upsert(Area, KEY, PROVINCES)
    quang_nam, da_nang = (
        provinces[Area.Kind.PROVINCE, None, fields["name_vi"]] for fields in PROVINCES
    )
    quang_nam.successors.set([da_nang])
    districts = load_districts(files, quang_nam)
    successors = {one.successor.code: one.successor for one in files.communes}
    written = upsert(
        Area,
        KEY,
        [
            copy_fields(
                new,
                "code name_vi",
                kind=Area.Kind.COMMUNE,
                name_en=f"{remove_kind(new.name_vi)} commune",
                short_name=remove_kind(new.name_vi),
                parent_id=da_nang.pk,
                valid_from=MERGED_ON,
            )
            for new in successors.values()
        ]
        + [
            copy_fields(
                old,
                "name_vi valid_to lat lng",
                kind=Area.Kind.COMMUNE,
                code=old.code or "",
                name_en=f"{old.short_vi} {old.kind}",
                short_name=old.short_vi,
                parent_id=districts[old.district].pk,
            )
            for old in files.communes
        ],
    )
    communes, links = {}, set()
    for old in files.communes:
        district = districts[old.district]
        commune = written[Area.Kind.COMMUNE, district.pk, old.name_vi]
        new = written[Area.Kind.COMMUNE, da_nang.pk, old.successor.name_vi]
        communes[old.district, old.short_vi] = commune
        links |= {(commune.pk, new.pk), (district.pk, new.pk)}
    link_successors(links)
    return communes


def load_districts(files: Files, quang_nam: Area) -> dict[str, Area]:
    known_for = files.texts["known_for"]
    written = upsert(
        Area,
        KEY,
        [
            copy_fields(
                district,
                "code slug name_vi name_en valid_to terrain lat lng description_vi"
                " description_en",
                kind=Area.Kind.DISTRICT,
                short_name=district.short_vi,
                parent_id=quang_nam.pk,
                tile_row=district.tile.row,
                tile_col=district.tile.col,
                known_for_vi=known_for[district.slug]["vi"],
                known_for_en=known_for[district.slug]["en"],
            )
            for district in files.districts
        ],
    )
    return {area.slug: area for area in written.values() if area.slug}


def link_successors(links: set[tuple[int, int]]) -> None:
    """A commune goes on as one new commune; a district as all of its communes' ones."""
    Link = Area.successors.through
    links -= set(Link.objects.values_list("from_area", "to_area"))
    Link.objects.bulk_create(
        Link(from_area_id=old, to_area_id=new) for old, new in sorted(links)
    )

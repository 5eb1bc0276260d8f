"""Things the tests speak of, made with as little said as possible."""

import datetime as dt
import itertools
from collections.abc import Mapping

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from catalogue.models import Area, Batch, Certificate, Producer, Product, ProductClass
from marketplace.accounts.models import User
from marketplace.checkout.basket.models import Basket
from marketplace.checkout.basket.operations import add_to_basket
from marketplace.checkout.place_order import OrderRequest, place_order
from marketplace.checkout.plan import Delivery
from marketplace.orders.models import Order
from stores.models import WEEKDAYS, Letter, SalesPoint, StockLot
from stores.operations.receive import receive
from stores.partner.models import Partner, StockRecord

_number = itertools.count(1)

ALL_DAY = ("00:00", dt.time.max.isoformat())


def make_hours(*spans: tuple[str, str]) -> dict[str, list[list[str]]]:
    """The same hours on every day, none for a point that is shut; a new copy."""
    return {day: [list(span) for span in spans] for day in WEEKDAYS}


def make_district(slug: str = "thang-binh", **fields: object) -> Area:
    values = {
        "kind": Area.Kind.DISTRICT,
        "name_vi": f"Huyện {slug}",
        "name_en": f"{slug} district",
        "short_name": slug.replace("-", " ").title(),
        "terrain": Area.Terrain.COAST,
        "valid_to": dt.date(2025, 6, 30),
    } | fields
    area = Area.objects.filter(slug=slug).first()
    if area is None:
        tiles = Area.objects.filter(kind=Area.Kind.DISTRICT).count()
        values.setdefault("tile_row", tiles // 6)
        values.setdefault("tile_col", tiles % 6)
        area = Area.objects.create(slug=slug, **values)
    return area


def make_commune(district: Area | None = None, **fields: object) -> Area:
    number = next(_number)
    values = {
        "kind": Area.Kind.COMMUNE,
        "name_vi": f"Xã {number}",
        "name_en": f"{number} commune",
        "short_name": f"Bình {number}",
        "parent": district or make_district(),
    } | fields
    return Area.objects.create(**values)


def make_producer(**fields: object) -> Producer:
    number = next(_number)
    values = {
        "slug": f"maker-{number}",
        "name_vi": f"Cơ sở {number}",
        "name_en": f"Workshop {number}",
        "kind": Producer.Kind.HOUSEHOLD,
        "phone": "0235 000 0000",
    } | fields
    if "commune" not in values:  # each commune made takes its time
        values["commune"] = make_commune()
    return Producer.objects.create(**values)


def make_product(
    slug: str = "", *, certified: bool = True, stars: int = 4, **fields: object
) -> Product:
    """A product; with a certificate in force unless told otherwise."""
    number = next(_number)
    slug = slug or f"product-{number}"
    commune = fields.pop("commune", None) or make_commune()
    is_service = fields.get("group") == "tourism"
    kind, _created = ProductClass.objects.get_or_create(
        slug="services" if is_service else "goods",
        defaults={"name": "services" if is_service else "goods"},
    )
    values = {
        "code": f"QN-{number:04}",
        "product_class": kind,
        "title": f"Sản phẩm {slug}",
        "title_en": f"Product {slug}",
        "description": "Mô tả",
        "description_en": "Description",
        "group": "food",
        "subgroup": "tea",
        "price_vnd": 95_000,
        "unit_vi": "hộp 100 g",
        "unit_en": "100 g box",
        "weight_g": 200,
        "carry": ["ok"],
        "flies": "cabin",
    } | fields
    if "producer" not in values:
        values["producer"] = make_producer(commune=commune)
    product = Product.objects.create(slug=slug, commune=commune, **values)
    if certified:
        make_certificate(product, stars=stars)
    return product


def make_certificate(product: Product, **fields: object) -> Certificate:
    today = timezone.localdate()
    values = {
        "criteria": Certificate.Criteria.NATIONAL_2023,
        "stars": 4,
        "level": Certificate.Level.PROVINCE,
        "issuer": "UBND tỉnh Quảng Nam",
        "decision_no": f"{next(_number)}/QĐ-UBND",
        "decided_on": today - dt.timedelta(days=100),
        "expires_on": today + dt.timedelta(days=900),
    } | fields
    return Certificate.objects.create(product=product, **values)


def make_point(slug: str = "", **fields: object) -> SalesPoint:
    """A sales point that is open round the clock and sells alcohol."""
    number = next(_number)
    slug = slug or f"point-{number}"
    values = {
        "kind": SalesPoint.Kind.SALES_POINT,
        "name_vi": f"Điểm bán {slug}",
        "name_en": f"Point {slug}",
        "short_name_vi": slug,
        "short_name_en": slug,
        "address_old": "1 Lê Lợi, Hội An",
        "address": "1 Lê Lợi, phường Hội An, thành phố Đà Nẵng",
        "lat": 15.88,
        "lng": 108.33 + number / 10_000,
        "hours": make_hours(ALL_DAY),
        "alcohol_licence": True,
    } | fields
    values.setdefault("district", make_district("hoi-an"))
    if values["kind"] == SalesPoint.Kind.HOTEL_BOOTH:
        values.setdefault("hotel_vi", f"Khách sạn {slug}")
        values.setdefault("hotel_en", f"Hotel {slug}")
        values.setdefault("offers_room_delivery", True)
    partner = Partner.objects.create(code=slug, name=slug)
    return SalesPoint.objects.create(slug=slug, partner=partner, **values)


def put_on_shelf(
    point: SalesPoint,
    product: Product,
    units: int,
    *,
    lot: str = "L1",
    keeps_days: int | None = 365,
) -> StockRecord:
    """Receive goods through the shop's own operation; returns the stock record."""
    now = timezone.now()
    today = timezone.localdate(now)
    best_before = None if keeps_days is None else today + dt.timedelta(days=keeps_days)
    return receive(
        point=point,
        product=product,
        lot=lot,
        best_before=best_before,
        quantity=units,
        at=now,
        actor=None,
        document="TEST",
    ).record


def expire_lot(record: StockRecord, lot: str = "L1") -> StockLot:
    """The lot's date passes while it lies there."""
    batch = Batch.objects.get(product=record.product, lot=lot)
    today = timezone.localdate()
    Batch.objects.filter(pk=batch.pk).update(
        made_on=today - dt.timedelta(days=90), best_before=today
    )
    return StockLot.objects.get(record=record, batch=batch)


def expire_certificate(product: Product) -> None:
    product.certificates.update(expires_on=timezone.localdate())


def make_user(name: str = "", **fields: object) -> User:
    email = f"{name or next(_number)}@example.com"
    return User.objects.create_user(email, "a long password", **fields)


def make_basket(
    goods: Mapping[Product, int], *, point: SalesPoint | None = None
) -> Basket:
    """A basket with so many units of each product, from the point's shelf if named."""
    basket = Basket.objects.create()
    for product, units in goods.items():
        add_to_basket(
            basket=basket,
            product=product,
            quantity=units,
            at=timezone.now(),
            point=point,
        )
    return basket


def make_order_request(method: str = "pickup", **fields: object) -> OrderRequest:
    """How a buyer called Hannah wants the goods; a pick-up names its `point`."""
    hotel = fields.get("hotel")
    own = {
        "pickup": {},
        "room": {"room": "214", "handover_on": timezone.localdate()} if hotel else {},
        "post": {"line1": "5 Hàng Bạc", "ward": "Hoàn Kiếm", "province": "ha-noi"},
    }[method]
    values = {
        "name": "Hannah",
        "language": "vi",
        "email": "hannah@example.com",
        "phone": "+84 905 123 456",
        "adult": True,
    }
    values |= own | fields
    places = ("point", "hotel", "handover_on", "province")
    delivery = {name: values.pop(name) for name in places if name in values}
    return OrderRequest(delivery=Delivery(method, **delivery), **values)


def make_order(
    goods: Mapping[Product, int],
    *,
    method: str = "pickup",
    pay_until: dt.datetime | None = None,
    replaced_order: Order | None = None,
    **fields: object,
) -> Order:
    """An order placed as a buyer would; `fields` are those of the order request.

    Its first letters are not sent: tests count those that come later.
    """
    order = place_order(
        basket_id=make_basket(goods, point=fields.get("point")).pk,
        request=make_order_request(method, **fields),
        now=timezone.now(),
        pay_until=pay_until,
        replaced_order=replaced_order,
    )
    Letter.objects.filter(thread=order.number).delete()
    DBTaskResult.objects.filter(args_kwargs__kwargs__order_id=order.pk).delete()
    return order

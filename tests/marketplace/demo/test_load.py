"""The demonstration's own files in the shop: all of them, once, and as of today."""

import datetime as dt
import json
from io import StringIO

from django.core.management import call_command
from django.db import connection
from django.db.models import Count, Q
from django.utils import timezone
from wagtail.images.models import Image, Rendition

from catalogue.models import Area, Batch, Certificate, Producer, Product
from catalogue.pictures import list_sizes, spec
from cms.models import FairPage, StoryPage
from marketplace.accounts.models import User
from marketplace.demo.files import FOLDER
from marketplace.demo.load import is_loaded, load
from marketplace.orders.models import Fulfilment, Order
from marketplace.orders.reconciliation import reconcile
from search.models import SearchEntry
from stores.models import SalesPoint, StockMovement
from stores.partner.models import StockRecord
from tests.factories import make_order
from tests.stock_snapshot import get_stock_snapshot


def read_json(name: str) -> dict:
    return json.loads((FOLDER / f"{name}.json").read_text())


def count_rows() -> dict[str, int]:
    """The number of rows of every table of the shop."""
    with connection.cursor() as cursor:
        rows = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608  (our own)
            rows[table] = cursor.fetchone()[0]
    return rows


def test_load_demo_loads_every_row_of_the_files(counts):
    lots = read_json("stock")["stock"]

    assert len(lots) == 567
    assert counts == {
        "areas": 2 + 18 + Area.objects.filter(kind="commune").count(),
        "makers": 101,
        "products": 148,
        "certificates": 144,
        "sales points": 16,
        "lots": len({(lot["product"], lot["lot"]) for lot in lots}),
        "lots on shelves": len([lot for lot in lots if lot["on_hand"]]),
        "stories in each language": 13,
        "fairs": 4,
        "programme targets": 14,
        "pictures": 56,
        "accounts": 8,
        "orders": 3,
    }


def test_load_demo_places_eighteen_districts_on_map(db):
    districts = Area.objects.filter(kind=Area.Kind.DISTRICT)

    assert districts.count() == 18
    assert not districts.filter(Q(tile_row=None) | Q(tile_col=None) | Q(slug=None))
    assert not districts.filter(picture=None)
    assert not districts.filter(Q(known_for_vi="") | Q(known_for_en=""))


def test_load_demo_maps_every_old_commune_to_one_successor(db):
    old = Area.objects.filter(parent__kind=Area.Kind.DISTRICT)

    assert old.count() == len(read_json("communes")["communes"])
    assert not old.annotate(n=Count("successors")).exclude(n=1)
    today = Area.objects.filter(predecessors__in=old).distinct()
    assert {area.parent.short_name for area in today} == {"Đà Nẵng"}
    assert not today.filter(valid_from=None)


def test_load_demo_maps_district_to_successors_of_its_communes(db):
    hoi_an = Area.objects.get(slug="hoi-an")
    communes_today = Area.objects.filter(predecessors__parent=hoi_an)

    assert set(hoi_an.successors.all()) == set(communes_today)
    assert hoi_an.valid_to == dt.date(2025, 6, 30)


def test_load_demo_stocks_shelves_as_in_the_files(db):
    expected: dict[tuple[str, str], int] = {}
    for lot in read_json("stock")["stock"]:
        key = lot["sales_point"], lot["product"]
        expected[key] = expected.get(key, 0) + lot["on_hand"]

    records = StockRecord.objects.values_list(
        "partner__code", "product__slug", "num_in_stock"
    )
    for point, slug, sold in StockMovement.objects.filter(kind="sell").values_list(
        "record__partner__code", "record__product__slug", "quantity"
    ):
        expected[point, slug] += sold
    assert {(point, slug): units for point, slug, units in records} == expected


def test_load_demo_records_every_unit_in_the_ledger(db):
    for record in StockRecord.objects.filter(num_in_stock__gt=0)[:40]:
        snapshot = get_stock_snapshot(record)
        assert {kind for kind, *_line in snapshot.ledger} <= {"receive", "sell"}
        assert sum(line[2] for line in snapshot.ledger) == snapshot.on_hand


def test_load_demo_creates_consistent_orders_of_demo_buyer(db, client):
    buyer = User.objects.get(email="buyer@demo.test")
    orders = Order.objects.filter(user=buyer).order_by("date_placed")
    collected, packed, coming = Fulfilment.objects.filter(order__in=orders).order_by(
        "order__date_placed"
    )

    assert [fulfilment.status for fulfilment in (collected, packed, coming)] == [
        "handed_over",
        "ready",
        "confirmed",
    ]
    assert timezone.now() < packed.collect_until
    assert [order.payments.get().state for order in orders] == [
        "paid",
        "pending",
        "pending",
    ]
    assert reconcile(at=timezone.now()).faults == []
    client.force_login(buyer)
    page = client.get("/account/").content.decode()
    assert all(order.number in page for order in orders)


def test_load_demo_shifts_illustrative_dates_to_today(db):
    shift = timezone.localdate() - dt.date.fromisoformat(read_json("products")["as_of"])
    certifications = {
        product["slug"]: product["certification"]
        for product in read_json("products")["products"]
        if product["certification"]
    }

    for certificate in Certificate.objects.select_related("product"):
        certification = certifications[certificate.product.slug]
        moved = shift if certification["illustrative"] else dt.timedelta()
        for field in ("decided_on", "expires_on"):
            day = dt.date.fromisoformat(certification[field]) + moved
            assert getattr(certificate, field) == day


def test_load_demo_has_real_and_illustrative_certificates(db):
    assert Certificate.objects.filter(illustrative=False).exists()
    assert Certificate.objects.filter(illustrative=True).exists()


def test_load_demo_leaves_some_products_off_sale(counts):
    on_sale = Product.objects.on_sale(on=timezone.localdate()).count()

    assert 120 <= on_sale < counts["products"]


def test_load_demo_has_upcoming_fair(db):
    assert FairPage.objects.filter(ends_on__gte=timezone.localdate()).exists()


def test_load_demo_fills_both_languages(db):
    pairs = [
        (Product, ["title", "description", "unit"]),
        (Producer, ["name", "about"]),
        (Area.objects.filter(kind="district"), ["name", "description"]),
        (SalesPoint, ["name", "short_name"]),
    ]
    for kind, fields in pairs:
        queryset = kind if hasattr(kind, "filter") else kind.objects
        for field in fields:
            names = {f.name for f in queryset.model._meta.get_fields()}
            for column in ({field, f"{field}_vi"} & names) | {f"{field}_en"}:
                assert not queryset.filter(**{column: ""}), (queryset.model, column)
    vi = StoryPage.objects.filter(locale__language_code="vi", live=True)
    en = StoryPage.objects.filter(locale__language_code="en", live=True)
    assert {s.translation_key for s in vi} == {s.translation_key for s in en}


def test_load_demo_indexes_every_product(db):
    found = SearchEntry.objects.values("product")

    assert not Product.objects.exclude(pk__in=found)


def test_load_demo_renders_every_image_size(db):
    drawn = Rendition.objects.count()

    for image in Image.objects.all():
        for size, found in zip(
            list_sizes(image),
            image.get_renditions(*map(spec, list_sizes(image))).values(),
            strict=True,
        ):
            assert (found.width, found.height) == size

    assert Rendition.objects.count() == drawn


def test_load_demo_renders_every_image_size_once(db):
    sizes = Rendition.objects.values_list("image", "filter_spec")

    assert len(sizes) == len(set(sizes))


def test_load_demo_twice_duplicates_nothing(counts):
    before = count_rows()

    again = load(now=timezone.now())

    assert again == counts
    assert count_rows() == before


def test_load_demo_twice_keeps_later_sales(db):
    point = SalesPoint.objects.get(slug="trung-tam-ocop-hoi-an")
    record = StockRecord.objects.filter(
        partner=point.partner, num_in_stock__gt=5, product__storage="ambient"
    ).earliest("pk")
    order = make_order({record.product: 2}, point=point)
    sold = get_stock_snapshot(record)

    load(now=timezone.now())

    assert get_stock_snapshot(record) == sold
    assert (sold.allocated, order.fulfilments.count()) == (2, 1)


def test_load_demo_twice_keeps_edited_story(db):
    story = StoryPage.objects.get(slug="que-tra-my", locale__language_code="en")
    story.title = "Cinnamon, by its editor"
    story.save_revision().publish()

    load(now=timezone.now())

    story.refresh_from_db()
    assert story.title == "Cinnamon, by its editor"


def test_load_demo_twice_keeps_changed_password(db):
    editor = User.objects.get(email="editor@demo.test")
    editor.set_password("another one")
    editor.save()

    load(now=timezone.now())

    editor.refresh_from_db()
    assert editor.check_password("another one")


def test_load_demo_next_year_moves_illustrative_dates(db):
    year = dt.timedelta(days=400)
    later = timezone.now() + year
    before = dict(
        Certificate.objects.filter(illustrative=True).values_list("pk", "expires_on")
    )
    real = list(Certificate.objects.filter(illustrative=False).order_by("pk").values())
    keeps = dict(Batch.objects.values_list("pk", "best_before"))
    assert is_loaded(now=timezone.now())
    assert not is_loaded(now=later)

    load(now=later)

    moved = Certificate.objects.filter(illustrative=True)
    assert {c.pk: c.expires_on - before[c.pk] for c in moved} == dict.fromkeys(
        before, year
    )
    real_now = Certificate.objects.filter(illustrative=False).order_by("pk").values()
    assert list(real_now) == real
    lots = Batch.objects.values_list("pk", "best_before")
    assert dict(lots) == {pk: day and day + year for pk, day in keeps.items()}
    assert is_loaded(now=later)


def test_load_demo_command_prints_counts(counts):
    output = StringIO()

    call_command("load_demo", stdout=output)

    assert output.getvalue().startswith("The shop has ")
    assert "148 products" in output.getvalue()
    assert "16 sales points" in output.getvalue()


def test_demo_accounts_work_at_points_named_in_readme(db):
    def desks(name: str) -> set[str]:
        person = User.objects.get(email=f"{name}@demo.test")
        return {p.slug for p in SalesPoint.objects.staffed_by(person)}

    assert desks("hoi-an") == {"trung-tam-ocop-hoi-an"}
    assert desks("booth") == {"gian-hang-den-song"}
    assert desks("tien-phuoc") == {"trung-tam-ocop-tien-phuoc"}
    assert len(desks("manager")) == 16
    for name in ("editor", "moderator", "officer", "buyer"):
        assert desks(name) == set()

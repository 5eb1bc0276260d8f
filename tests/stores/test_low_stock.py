"""What runs low, from how many units down, and where more comes from."""

import datetime as dt

import pytest
from django.utils import timezone

from catalogue.refusals import NotEnough, WrongStatus
from stores.models import LeadTime, Transfer
from stores.operations.low_stock import set_threshold
from stores.operations.move import move
from stores.operations.receive import NotSoldHere
from stores.operations.reserve import reserve
from stores.operations.transfer import (
    WrongPoint,
    restock,
)
from stores.queries.low import best_sources, low_goods, running_low, suggested_threshold
from tests.factories import (
    expire_certificate,
    expire_lot,
    make_point,
    make_product,
    put_on_shelf,
)
from tests.page_text import get_page_text
from tests.stock_snapshot import get_stock_snapshot


@pytest.fixture
def desk(signed_in, other_keeper):
    """The browser of the booth's keeper."""
    return signed_in(other_keeper)


@pytest.fixture
def low_tea(booth, centre, tea, tea_at_centre):
    """Two boxes at the booth, low from three; ten at the centre, four hours away."""
    LeadTime.objects.create(source=centre, destination=booth, hours=4)
    record = put_on_shelf(booth, tea, 2)
    set_threshold(record=record, units=3)
    record.refresh_from_db()
    return record


def sell_units(record, units, *, days_ago=1, kind="sell_at_desk"):
    move(
        record=record,
        batch=record.lots.first().batch,
        kind=kind,
        quantity=-units,
        at=timezone.now() - dt.timedelta(days=days_ago),
        actor=None,
    )


def get_suggestion(record):
    point = record.partner.sales_point
    return suggested_threshold(record, point=point, at=timezone.now())


@pytest.mark.parametrize(
    ("sold", "hours", "units"),
    [
        (0, 24, 0),
        (1, 24, 1),  # at least one when it sold at all
        (28, 24, 4),  # one a day, a day on the way and three to spare
        (28, 25, 5),  # an hour more is a unit more: rounded up
        (27, 24, 4),
        (7, 24, 1),
        (8, 24, 2),
        (56, 4, 7),  # two a day for three days and four hours: 6.33
    ],
)
def test_suggested_threshold_covers_sales_during_lead_time(
    booth, centre, tea, sold, hours, units
):
    LeadTime.objects.create(source=centre, destination=booth, hours=hours)
    put_on_shelf(centre, tea, 10)
    record = put_on_shelf(booth, tea, 100)
    if sold:
        sell_units(record, sold)

    found = get_suggestion(record)

    assert (found.sold, found.units) == (sold, units)


def test_suggested_threshold_counts_sales_of_four_weeks(booth, tea):
    record = put_on_shelf(booth, tea, 100)
    sell_units(record, 1, days_ago=27)
    sell_units(record, 2, days_ago=1, kind="sell")
    sell_units(record, 4, days_ago=29)
    sell_units(record, 8, days_ago=1, kind="expire")
    sell_units(record, 16, days_ago=1, kind="transfer_out")

    assert get_suggestion(record).sold == 3


def test_suggested_threshold_without_source_assumes_a_week(booth, tea):
    record = put_on_shelf(booth, tea, 100)
    sell_units(record, 28)

    found = get_suggestion(record)

    assert (found.source, found.units) == (None, 10)


def test_sources_prefer_open_point_with_most_available(booth, centre, tea):
    quick, full, shut = make_point("quick"), make_point("full"), make_point("shut")
    for point, hours, units in ((quick, 2, 5), (full, 30, 9), (centre, 20, 9)):
        LeadTime.objects.create(source=point, destination=booth, hours=hours)
        put_on_shelf(point, tea, units)
    LeadTime.objects.create(source=shut, destination=booth, hours=1)
    put_on_shelf(shut, tea, 50)
    type(shut).objects.filter(pk=shut.pk).update(is_open=False)
    put_on_shelf(make_point("unknown-way"), tea, 50)

    source = best_sources([tea.pk], point=booth, at=timezone.now())[tea.pk]

    assert (source.point, source.free, source.hours) == (centre, 9, 20)


def test_running_low_includes_goods_at_threshold(low_tea, booth, centre, tea):
    for units, low in ((1, False), (2, True), (3, True), (None, False)):
        set_threshold(record=low_tea, units=units)
        assert running_low(booth, at=timezone.now()).exists() is low
    assert not running_low(centre, at=timezone.now()).exists()


def test_running_low_ignores_allocated_and_expired_units(booth, tea):
    record = put_on_shelf(booth, tea, 9)
    set_threshold(record=record, units=4)
    assert not running_low(booth, at=timezone.now()).exists()

    reserve(lines={record.pk: 5}, at=timezone.now())
    assert [low.free for low in running_low(booth, at=timezone.now())] == [4]
    expire_lot(record)

    assert [low.free for low in running_low(booth, at=timezone.now())] == [-5]


def test_running_low_excludes_goods_not_on_sale(booth, low_tea, tea):
    expire_certificate(tea)

    assert not running_low(booth, at=timezone.now()).exists()


def test_set_threshold_refuses_negative_number(low_tea):
    with pytest.raises(ValueError, match="0 units or more"):
        set_threshold(record=low_tea, units=-1)

    low_tea.refresh_from_db()
    assert low_tea.low_stock_threshold == 3


def test_low_goods_suggest_up_to_twice_the_threshold(low_tea, booth, tea):
    (good,) = low_goods(booth, at=timezone.now())
    assert (good.units_to_request, good.source.free, good.coming) == (4, 10, None)

    set_threshold(record=low_tea, units=40)
    (good,) = low_goods(booth, at=timezone.now())
    assert good.units_to_request == 10  # all there is


def test_restock_twice_is_refused(low_tea, booth, centre, tea, other_keeper):
    before = get_stock_snapshot(low_tea)

    transfer = restock(
        record=low_tea, source=centre, units=4, actor=other_keeper, at=timezone.now()
    )
    with pytest.raises(WrongStatus) as refusal:
        restock(
            record=low_tea,
            source=centre,
            units=4,
            actor=other_keeper,
            at=timezone.now(),
        )

    assert str(refusal.value) == f"Đã xin {tea.name} rồi: {transfer.number}."
    assert Transfer.objects.get() == transfer
    assert (transfer.source, transfer.destination) == (centre, booth)
    assert [(line.product, line.units) for line in transfer.lines.all()] == [(tea, 4)]
    assert get_stock_snapshot(low_tea) == before
    (good,) = low_goods(booth, at=timezone.now())
    assert good.coming.transfer == transfer


def test_restock_refuses_more_than_available(low_tea, centre, tea_at_centre):
    reserve(lines={tea_at_centre.pk: 7}, at=timezone.now())

    with pytest.raises(NotEnough, match="chỉ còn 3 "):
        restock(record=low_tea, source=centre, units=4, actor=None, at=timezone.now())

    assert not Transfer.objects.exists()


def test_restock_refuses_same_point(low_tea, booth):
    with pytest.raises(WrongPoint, match="về chính nó"):
        restock(record=low_tea, source=booth, units=1, actor=None, at=timezone.now())

    assert not Transfer.objects.exists()


def test_restock_refuses_alcohol_without_licence(booth, centre):
    wine = make_product(abv=12, group="beverage", subgroup="other_alcohol")
    put_on_shelf(centre, wine, 10)
    record = put_on_shelf(booth, wine, 1)
    type(booth).objects.filter(pk=booth.pk).update(alcohol_licence=False)

    with pytest.raises(NotSoldHere):
        restock(record=record, source=centre, units=1, actor=None, at=timezone.now())

    assert not Transfer.objects.exists()


def test_desk_shows_goods_running_low(desk, low_tea):
    page = get_page_text(desk.get("/en/desk/booth/"))

    assert "1 product running low" in page
    assert "Forest tea has 2" in page


def test_desk_without_low_goods_omits_them(desk, booth):
    assert "running low" not in get_page_text(desk.get("/en/desk/booth/"))


def test_low_stock_page_shows_source_and_lead_time(desk, low_tea):
    page = get_page_text(desk.get("/en/desk/booth/low/"))

    for expected in ("2 free, low from 3", "Hội An Centre has 10", "here in 4 hours"):
        assert expected in page
    assert "Ask for 4" in page


def test_low_stock_page_without_low_goods_displays_message(desk, booth):
    assert "Nothing runs low." in get_page_text(desk.get("/en/desk/booth/low/"))


def submit_restock(desk, record, **fields):
    data = {"source": "centre", "units": "4"} | fields
    return desk.post(f"/en/desk/booth/shelf/{record.pk}/restock/", data)


def test_restock_button_creates_transfer(desk, low_tea, other_keeper):
    response = submit_restock(desk, low_tea)

    assert response.status_code == 302
    transfer = Transfer.objects.get()
    assert transfer.requested_by == other_keeper
    page = get_page_text(desk.get(response["Location"]))
    assert f"Asked Hội An Centre for 4 × Forest tea: {transfer.number}." in page
    assert "Ask for" not in page


def test_restock_button_pressed_twice_creates_one_transfer(desk, low_tea):
    submit_restock(desk, low_tea)

    response = submit_restock(desk, low_tea)

    assert response.status_code == 409
    assert "Forest tea was asked for already" in get_page_text(response)
    assert Transfer.objects.count() == 1


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"units": "0"}, 422),
        ({"units": "-3"}, 422),
        ({"units": "2.5"}, 422),
        ({"units": ""}, 422),
        ({"source": "nowhere"}, 422),
        ({"source": ""}, 422),
        ({"source": "\x00"}, 422),
        ({"source": "booth"}, 409),
        ({"units": "11"}, 409),
    ],
    ids=str,
)
def test_restock_form_refuses_invalid_input(desk, low_tea, fields, status):
    response = submit_restock(desk, low_tea, **fields)

    assert response.status_code == status
    assert 'role="alert"' in response.content.decode()
    assert not Transfer.objects.exists()


def test_threshold_form_sets_and_removes_threshold(desk, low_tea):
    path = f"/en/desk/booth/shelf/{low_tea.pk}/threshold/"

    for typed, units in (("7", 7), ("0", 0), ("", None)):
        response = desk.post(path, {"threshold": typed})

        assert response.status_code == 302
        low_tea.refresh_from_db()
        assert low_tea.low_stock_threshold == units


@pytest.mark.parametrize("typed", ["-1", "2.5", "x", "10000"])
def test_threshold_form_refuses_invalid_number(desk, low_tea, typed):
    path = f"/en/desk/booth/shelf/{low_tea.pk}/threshold/"

    response = desk.post(path, {"threshold": typed})

    assert response.status_code == 422
    assert "Write a whole number from 0 to 9,999." in get_page_text(response)
    low_tea.refresh_from_db()
    assert low_tea.low_stock_threshold == 3


def test_stock_record_page_explains_suggested_threshold(desk, low_tea, booth, tea):
    put_on_shelf(booth, tea, 60)
    sell_units(low_tea, 56)

    page = get_page_text(desk.get(f"/en/desk/booth/shelf/{low_tea.pk}/"))

    assert "56 units were sold here in 28 days." in page
    assert "More comes from Hội An Centre in 4 hours;" in page
    assert "Take the suggestion: 7 units" in page


def test_stock_record_page_without_sales_has_no_suggestion(desk, low_tea):
    page = get_page_text(desk.get(f"/en/desk/booth/shelf/{low_tea.pk}/"))

    assert "Nothing was sold here in 28 days" in page
    assert "Take the suggestion" not in page


@pytest.mark.parametrize("verb", ["restock", "threshold"])
def test_restock_and_threshold_of_another_point_return_404(
    desk, low_tea, tea_at_centre, verb
):
    path = f"/en/desk/booth/shelf/{tea_at_centre.pk}/{verb}/"

    response = desk.post(path, {"threshold": "7", "source": "centre", "units": "1"})

    assert response.status_code == 404
    tea_at_centre.refresh_from_db()
    assert tea_at_centre.low_stock_threshold is None
    assert not Transfer.objects.exists()


def test_low_stock_query_count_is_independent_of_length(
    desk, booth, centre, low_tea, django_assert_max_num_queries
):
    for _number in range(20):
        product = make_product()
        put_on_shelf(centre, product, 9)
        set_threshold(record=put_on_shelf(booth, product, 1), units=5)

    for path in ("", "low/", f"shelf/{low_tea.pk}/"):
        with django_assert_max_num_queries(15):
            assert desk.get(f"/en/desk/booth/{path}").status_code == 200

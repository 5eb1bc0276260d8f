"""Goods go from one point to another, and nowhere between is anybody's shelf."""

import datetime as dt

import pytest
from django.utils import timezone

from catalogue.models import Batch
from catalogue.refusals import NotEnough, NothingToDo, ReasonRequired
from marketplace.orders.models import FulfilmentLine
from stores.idempotency import FormReused
from stores.models import Transfer, TransferLot
from stores.operations.move import ShelfChanged
from stores.operations.receive import NotSoldHere
from stores.operations.reserve import NotEnoughStock
from stores.operations.transfer import (
    NotCounted,
    PackedLot,
    WrongPoint,
    WrongTransferStatus,
    cancel_transfer,
    receive_transfer,
    request_transfer,
    send_transfer,
)
from stores.partner.models import StockRecord
from stores.queries.free import free_records
from stores.queries.transfers import ended_transfers, lines_to_send
from tests.factories import (
    expire_lot,
    make_order,
    make_point,
    make_product,
    put_on_shelf,
)
from tests.stock_snapshot import get_stock_snapshot


def request_units(source, destination, product, units, **fields):
    return request_transfer(
        source=source,
        destination=destination,
        units={product: units},
        actor=None,
        at=timezone.now(),
        **fields,
    )


def pack_lots(transfer, **lots):
    """Packed lots for the transfer's only line; units by the name of the lot."""
    line = transfer.lines.get()
    return [
        PackedLot(line, Batch.objects.get(product=line.product, lot=lot), units)
        for lot, units in lots.items()
    ]


def send_units(transfer, point=None, at=None, **lots):
    send_transfer(
        transfer=transfer,
        point=point or transfer.source,
        lots=pack_lots(transfer, **(lots or {"L1": transfer.lines.get().units})),
        actor=None,
        at=at or timezone.now(),
    )


def cancel_open_transfer(transfer, point, actor=None, reason="Không cần nữa"):
    cancel_transfer(
        transfer=transfer, point=point, reason=reason, actor=actor, at=timezone.now()
    )


def receive_units(transfer, *counted, point=None, reason=""):
    """Receive it with so many units of each lot, or with all that was sent."""
    lots = list(TransferLot.objects.filter(line__transfer=transfer).order_by("pk"))
    units = counted or [lot.sent for lot in lots]
    receive_transfer(
        transfer=transfer,
        point=point or transfer.destination,
        counted={lot.pk: came for lot, came in zip(lots, units, strict=False)},
        reason=reason,
        actor=None,
        at=timezone.now(),
    )


@pytest.fixture
def requested_transfer(centre, booth, tea, tea_at_centre) -> Transfer:
    """The booth asks the centre, which has ten boxes of tea, for four."""
    return request_units(centre, booth, tea, 4)


@pytest.fixture
def sent_transfer(requested_transfer) -> Transfer:
    """Four boxes of tea are on the way from the centre to the booth."""
    send_units(requested_transfer)
    return requested_transfer


def get_booth_record(booth, product):
    return StockRecord.objects.filter(partner=booth.partner, product=product).first()


def get_status(transfer):
    return Transfer.objects.get(pk=transfer.pk).status


def test_request_transfer_allocates_nothing(
    requested_transfer, centre, booth, tea_at_centre
):
    snapshot = get_stock_snapshot(tea_at_centre)
    assert (snapshot.on_hand, snapshot.allocated, len(snapshot.ledger)) == (10, 0, 1)
    assert (
        requested_transfer.status,
        requested_transfer.source,
        requested_transfer.destination,
    ) == (
        "requested",
        centre,
        booth,
    )
    assert requested_transfer.number == f"DC-{requested_transfer.pk:05}"


def test_request_transfer_before_sending_joins_open_transfer(
    requested_transfer, centre, booth, tea, honey
):
    put_on_shelf(centre, honey, 2)

    assert (
        request_units(centre, booth, tea, 1, note="for the fair") == requested_transfer
    )
    assert request_units(centre, booth, honey, 2) == requested_transfer

    units = requested_transfer.lines.values_list("product__slug", "units").order_by(
        "pk"
    )
    assert list(units) == [("tra-rung", 5), ("mat-ong", 2)]
    assert Transfer.objects.get().note == "for the fair"


def test_request_transfer_after_sending_creates_new_transfer(
    sent_transfer, centre, booth, tea
):
    assert request_units(centre, booth, tea, 1) != sent_transfer


def test_request_transfer_with_same_client_id_requests_once(
    centre, booth, tea, tea_at_centre
):
    first = request_units(centre, booth, tea, 4, client_id="phone-0001")
    send_units(first, L1=4)

    assert request_units(centre, booth, tea, 4, client_id="phone-0001") == first
    assert first.lines.get().units == 4


def test_request_transfer_refuses_reused_client_id_with_other_content(
    centre, booth, tea, honey, tea_at_centre
):
    third = make_point("third")
    first = request_units(centre, booth, tea, 4, client_id="phone-0001")

    for source, product, units in (
        (centre, tea, 5),
        (centre, honey, 4),
        (third, tea, 4),
    ):
        with pytest.raises(FormReused, match="Phiếu này đã xin thứ khác") as refusal:
            request_units(source, booth, product, units, client_id="phone-0001")
        assert refusal.value.result == first

    assert Transfer.objects.get().lines.get().units == 4


def test_request_transfer_client_id_is_separate_per_point(
    centre, booth, tea, tea_at_centre
):
    put_on_shelf(booth, tea, 4)
    there = request_units(centre, booth, tea, 4, client_id="phone-0001")

    assert request_units(booth, centre, tea, 4, client_id="phone-0001") != there


def test_request_transfer_refuses_same_point(centre, tea):
    with pytest.raises(WrongPoint, match="về chính nó"):
        request_units(centre, centre, tea, 1)

    assert not Transfer.objects.exists()


@pytest.mark.parametrize("units", [0, -3])
def test_request_transfer_refuses_units_below_one(centre, booth, tea, units):
    with pytest.raises(ValueError):
        request_units(centre, booth, tea, units)

    assert not Transfer.objects.exists()


def test_transfer_refuses_alcohol_without_licence_at_destination(centre, booth):
    wine = make_product("ruou", abv="29.5")
    put_on_shelf(centre, wine, 3)
    transfer = request_units(centre, booth, wine, 1)
    booth.alcohol_licence = False
    booth.save()

    with pytest.raises(NotSoldHere):
        request_units(centre, booth, wine, 1)
    with pytest.raises(NotSoldHere, match="Điểm kia"):
        send_units(Transfer.objects.get())

    assert transfer.lines.get().units == 1
    assert get_status(transfer) == "requested"


def test_send_transfer_removes_units_from_source(
    sent_transfer, centre, booth, tea, tea_at_centre
):
    snapshot = get_stock_snapshot(tea_at_centre)
    assert (snapshot.on_hand, snapshot.allocated, snapshot.lots) == (6, 0, {"L1": 6})
    assert snapshot.ledger[-1] == ("transfer_out", "L1", -4, 6)
    assert tea_at_centre.movements.latest("pk").document == sent_transfer.number
    assert get_booth_record(booth, tea) is None
    assert (sent_transfer.status, sent_transfer.lines.get().lots.get().received) == (
        "sent",
        None,
    )


def test_lines_to_send_suggest_lots_expiring_first(requested_transfer, centre, tea):
    put_on_shelf(centre, tea, 3, lot="SOON", keeps_days=9)
    expired = put_on_shelf(centre, tea, 2, lot="GONE", keeps_days=8)
    expire_lot(expired, "GONE")

    (row,) = lines_to_send(requested_transfer, at=timezone.now())

    suggested = [(lot.batch.lot, lot.suggested, lot.is_past) for lot in row.lots]
    assert suggested == [("SOON", 3, False), ("L1", 1, False), ("GONE", 0, True)]
    assert (row.free, row.short) == (13, 0)


def test_send_transfer_accepts_fewer_than_requested(requested_transfer, tea_at_centre):
    send_units(requested_transfer, L1=1)

    assert get_stock_snapshot(tea_at_centre).on_hand == 9


@pytest.mark.parametrize(
    ("lots", "refusal"),
    [
        ({"L1": 5}, NotEnough),
        ({"L1": 0}, NothingToDo),
        ({"L1": -1}, NothingToDo),
        ({"OLD": 1}, ShelfChanged),
    ],
)
def test_send_transfer_refuses_invalid_units(
    requested_transfer, booth, tea, tea_at_centre, lots, refusal
):
    put_on_shelf(booth, tea, 3, lot="OLD")
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(refusal):
        send_units(requested_transfer, **lots)

    assert get_stock_snapshot(tea_at_centre) == before
    assert get_status(requested_transfer) == "requested"
    assert not TransferLot.objects.exists()


def test_send_transfer_refuses_expired_lot(requested_transfer, tea_at_centre):
    expire_lot(tea_at_centre)
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(ShelfChanged):
        send_units(requested_transfer)

    assert get_stock_snapshot(tea_at_centre) == before
    assert get_status(requested_transfer) == "requested"


def test_send_transfer_refuses_allocated_units(
    requested_transfer, centre, tea, tea_at_centre
):
    make_order({tea: 7}, point=centre)
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(NotEnoughStock, match="chưa có khách đặt"):
        send_units(requested_transfer)

    assert get_stock_snapshot(tea_at_centre) == before
    assert get_status(requested_transfer) == "requested"


def test_send_transfer_ignores_expired_lot_for_allocation(
    centre, booth, tea, tea_at_centre
):
    put_on_shelf(centre, tea, 4, lot="OLD", keeps_days=9)
    expire_lot(tea_at_centre, "OLD")
    transfer = request_units(centre, booth, tea, 3)
    make_order({tea: 8}, point=centre)

    with pytest.raises(NotEnoughStock, match="chưa có khách đặt"):
        send_units(transfer)

    assert get_stock_snapshot(tea_at_centre).on_hand == 14


def test_send_transfer_takes_units_of_expired_hold(
    requested_transfer, centre, tea, tea_at_centre
):
    now = timezone.now()
    make_order({tea: 8}, point=centre, pay_until=now + dt.timedelta(minutes=5))

    send_units(requested_transfer, at=now + dt.timedelta(minutes=5))

    assert (
        get_stock_snapshot(tea_at_centre).on_hand,
        get_stock_snapshot(tea_at_centre).allocated,
    ) == (
        6,
        0,
    )


@pytest.mark.parametrize("step", ["sent", "received"])
def test_send_transfer_twice_is_refused(sent_transfer, tea_at_centre, step):
    if step == "received":
        receive_units(sent_transfer)
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(WrongTransferStatus):
        send_units(sent_transfer)

    assert get_stock_snapshot(tea_at_centre) == before


def test_send_transfer_refuses_other_point(requested_transfer, booth, tea_at_centre):
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(WrongPoint, match="Việc này làm tại"):
        send_units(requested_transfer, point=booth)

    assert (get_stock_snapshot(tea_at_centre), get_status(requested_transfer)) == (
        before,
        "requested",
    )


def test_receive_transfer_adds_units_at_destination(sent_transfer, booth, tea):
    receive_units(sent_transfer)

    snapshot = get_stock_snapshot(get_booth_record(booth, tea))
    assert (snapshot.on_hand, snapshot.allocated, snapshot.lots) == (4, 0, {"L1": 4})
    assert snapshot.ledger == [("transfer_in", "L1", 4, 4)]
    assert (get_status(sent_transfer), Transfer.objects.get().difference_reason) == (
        "received",
        "",
    )


def test_receive_transfer_with_shortage_stores_reason(
    sent_transfer, booth, tea, tea_at_centre
):
    receive_units(sent_transfer, 3, reason=" one box was wet ")

    assert get_stock_snapshot(get_booth_record(booth, tea)).on_hand == 3
    assert get_stock_snapshot(tea_at_centre).on_hand == 6
    assert Transfer.objects.get().difference_reason == "one box was wet"
    (row,) = ended_transfers(booth)
    assert (row.went, row.came) == (4, 3)


def test_receive_transfer_accepts_total_loss(sent_transfer, booth, tea):
    receive_units(sent_transfer, 0, reason="the bike was stolen")

    snapshot = get_stock_snapshot(get_booth_record(booth, tea))
    assert (snapshot.on_hand, snapshot.ledger) == (0, [])
    assert get_status(sent_transfer) == "received"


@pytest.mark.parametrize(
    ("came", "reason", "refusal"),
    [
        (5, "a gift", NotCounted),
        (3, "", ReasonRequired),
        (3, "   ", ReasonRequired),
        (None, "lost", NotCounted),
        (-1, "lost", NotCounted),
    ],
)
def test_receive_transfer_refuses_invalid_count_or_missing_reason(
    sent_transfer, booth, tea, came, reason, refusal
):
    with pytest.raises(refusal):
        receive_units(sent_transfer, came, reason=reason)

    assert get_booth_record(booth, tea) is None
    assert get_status(sent_transfer) == "sent"
    assert TransferLot.objects.get().received is None


def test_receive_transfer_refuses_uncounted_lot(requested_transfer, centre, booth, tea):
    put_on_shelf(centre, tea, 3, lot="L2")
    send_units(requested_transfer, L1=2, L2=2)

    with pytest.raises(NotCounted) as refusal:
        receive_units(requested_transfer, 2)

    assert [lot.batch.lot for lot in refusal.value.lots] == ["L2"]
    assert get_booth_record(booth, tea) is None


def test_receive_transfer_twice_is_refused(sent_transfer, booth, tea):
    receive_units(sent_transfer)
    before = get_stock_snapshot(get_booth_record(booth, tea))

    with pytest.raises(WrongTransferStatus):
        receive_units(sent_transfer)

    assert get_stock_snapshot(get_booth_record(booth, tea)) == before


def test_receive_transfer_refuses_unsent_transfer(requested_transfer, booth, tea):
    with pytest.raises(WrongTransferStatus):
        receive_units(requested_transfer)

    assert get_booth_record(booth, tea) is None


def test_receive_transfer_refuses_other_point(sent_transfer, centre, tea_at_centre):
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(WrongPoint, match="Việc này làm tại"):
        receive_units(sent_transfer, point=centre)

    assert (get_stock_snapshot(tea_at_centre), get_status(sent_transfer)) == (
        before,
        "sent",
    )


@pytest.mark.parametrize("who", ["centre", "booth"])
def test_cancel_transfer_by_source_or_destination_succeeds(
    requested_transfer, who, request, tea_at_centre
):
    before = get_stock_snapshot(tea_at_centre)

    cancel_open_transfer(requested_transfer, request.getfixturevalue(who))

    assert (get_status(requested_transfer), get_stock_snapshot(tea_at_centre)) == (
        "cancelled",
        before,
    )
    with pytest.raises(WrongTransferStatus):
        send_units(requested_transfer)


def test_cancel_transfer_stores_actor_and_reason(requested_transfer, centre, keeper):
    cancel_open_transfer(
        requested_transfer, centre, actor=keeper, reason=" Kho hết hàng "
    )

    requested_transfer.refresh_from_db()
    assert (requested_transfer.cancelled_by, requested_transfer.cancel_reason) == (
        keeper,
        "Kho hết hàng",
    )


def test_cancel_transfer_requires_reason(requested_transfer, centre, tea_at_centre):
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(ReasonRequired):
        cancel_open_transfer(requested_transfer, centre, reason=" ")

    assert (get_status(requested_transfer), get_stock_snapshot(tea_at_centre)) == (
        "requested",
        before,
    )


def test_cancel_transfer_refuses_sent_transfer(sent_transfer, centre, tea_at_centre):
    before = get_stock_snapshot(tea_at_centre)

    with pytest.raises(WrongTransferStatus):
        cancel_open_transfer(sent_transfer, centre)

    assert (get_status(sent_transfer), get_stock_snapshot(tea_at_centre)) == (
        "sent",
        before,
    )


def test_cancel_transfer_refuses_third_point(requested_transfer, db):
    with pytest.raises(WrongPoint, match="Việc này làm tại"):
        cancel_open_transfer(requested_transfer, make_point())

    assert get_status(requested_transfer) == "requested"


def test_free_records_exclude_goods_in_transit(sent_transfer, tea):
    free = free_records(at=timezone.now()).filter(product=tea)
    assert [record.free for record in free] == [6]
    assert not FulfilmentLine.objects.exists()

"""Goods go from one point to another, and nowhere between is anybody's shelf."""

import datetime as dt

import pytest
from django.utils import timezone

from catalogue.models import Batch
from marketplace.orders.models import FulfilmentLine
from stores.models import Transfer, TransferLot
from stores.operations.move import ReasonRequired, ShelfChanged
from stores.operations.receive import NotSoldHere
from stores.operations.transfer import (
    NotCounted,
    NotFreeToSend,
    NothingAsked,
    NothingSent,
    PackedLot,
    RequestedDifferently,
    SamePoint,
    WrongPoint,
    WrongTransferStatus,
    WrongUnitsToSend,
    cancel_transfer,
    receive_transfer,
    request_transfer,
    send_transfer,
)
from stores.partner.models import StockRecord
from stores.queries.free import free_records
from stores.queries.transfers import ended_transfers, lines_to_send
from tests.books import books_of
from tests.factories import (
    let_lot_expire,
    make_order,
    make_point,
    make_product,
    put_on_shelf,
)


def ask(source, destination, product, units, **said):
    return request_transfer(
        source=source,
        destination=destination,
        units={product: units},
        actor=None,
        at=timezone.now(),
        **said,
    )


def loads_of(transfer, **lots):
    """Loads for the transfer's only line; units by the name of the lot."""
    line = transfer.lines.get()
    return [
        PackedLot(line, Batch.objects.get(product=line.product, lot=lot), units)
        for lot, units in lots.items()
    ]


def dispatch(transfer, point=None, at=None, **lots):
    send_transfer(
        transfer=transfer,
        point=point or transfer.source,
        loads=loads_of(transfer, **(lots or {"L1": transfer.lines.get().units})),
        actor=None,
        at=at or timezone.now(),
    )


def call_off(transfer, point, actor=None, reason="Không cần nữa"):
    cancel_transfer(
        transfer=transfer, point=point, reason=reason, actor=actor, at=timezone.now()
    )


def unpack(transfer, *counted, point=None, reason=""):
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
def asked(centre, booth, tea, tea_at_centre) -> Transfer:
    """The booth asks the centre, which has ten boxes of tea, for four."""
    return ask(centre, booth, tea, 4)


@pytest.fixture
def sent(asked) -> Transfer:
    """Four boxes of tea are on the way from the centre to the booth."""
    dispatch(asked)
    return asked


def at_booth(booth, product):
    return StockRecord.objects.filter(partner=booth.partner, product=product).first()


def status_of(transfer):
    return Transfer.objects.get(pk=transfer.pk).status


def test_asking_holds_nothing(asked, centre, booth, tea_at_centre):
    books = books_of(tea_at_centre)
    assert (books.on_hand, books.allocated, len(books.ledger)) == (10, 0, 1)
    assert (asked.status, asked.source, asked.destination) == (
        "requested",
        centre,
        booth,
    )
    assert asked.number == f"DC-{asked.pk:05}"


def test_what_is_asked_before_it_is_packed_goes_on_the_same_slip(
    asked, centre, booth, tea, honey
):
    put_on_shelf(centre, honey, 2)

    assert ask(centre, booth, tea, 1, note="for the fair") == asked
    assert ask(centre, booth, honey, 2) == asked

    units = asked.lines.values_list("product__slug", "units").order_by("pk")
    assert list(units) == [("tra-rung", 5), ("mat-ong", 2)]
    assert Transfer.objects.get().note == "for the fair"


def test_what_is_asked_after_it_left_goes_on_the_next(sent, centre, booth, tea):
    assert ask(centre, booth, tea, 1) != sent


def test_the_same_form_sent_again_asks_once(centre, booth, tea, tea_at_centre):
    first = ask(centre, booth, tea, 4, client_id="phone-0001")
    dispatch(first, L1=4)

    assert ask(centre, booth, tea, 4, client_id="phone-0001") == first
    assert first.lines.get().units == 4


def test_a_form_that_asked_for_something_else_is_refused(
    centre, booth, tea, honey, tea_at_centre
):
    third = make_point("third")
    first = ask(centre, booth, tea, 4, client_id="phone-0001")

    for source, product, units in (
        (centre, tea, 5),
        (centre, honey, 4),
        (third, tea, 4),
    ):
        with pytest.raises(RequestedDifferently) as refusal:
            ask(source, booth, product, units, client_id="phone-0001")
        assert refusal.value.transfer == first

    assert Transfer.objects.get().lines.get().units == 4


def test_another_point_may_use_the_same_name_of_a_form(
    centre, booth, tea, tea_at_centre
):
    put_on_shelf(booth, tea, 4)
    there = ask(centre, booth, tea, 4, client_id="phone-0001")

    assert ask(booth, centre, tea, 4, client_id="phone-0001") != there


def test_goods_do_not_travel_to_where_they_lie(centre, tea):
    with pytest.raises(SamePoint):
        ask(centre, centre, tea, 1)

    assert not Transfer.objects.exists()


@pytest.mark.parametrize("units", [0, -3])
def test_nothing_is_not_asked_for(centre, booth, tea, units):
    with pytest.raises(NothingAsked):
        ask(centre, booth, tea, units)

    assert not Transfer.objects.exists()


def test_alcohol_goes_only_to_a_point_with_a_licence(centre, booth):
    wine = make_product("ruou", abv="29.5")
    put_on_shelf(centre, wine, 3)
    transfer = ask(centre, booth, wine, 1)
    booth.alcohol_licence = False
    booth.save()

    with pytest.raises(NotSoldHere):
        ask(centre, booth, wine, 1)
    with pytest.raises(NotSoldHere):
        dispatch(Transfer.objects.get())

    assert transfer.lines.get().units == 1
    assert status_of(transfer) == "requested"


def test_what_is_sent_lies_nowhere(sent, centre, booth, tea, tea_at_centre):
    books = books_of(tea_at_centre)
    assert (books.on_hand, books.allocated, books.lots) == (6, 0, {"L1": 6})
    assert books.ledger[-1] == ("transfer_out", "L1", -4, 6)
    assert tea_at_centre.movements.latest("pk").document == sent.number
    assert at_booth(booth, tea) is None
    assert (sent.status, sent.lines.get().lots.get().received) == ("sent", None)


def test_the_keeper_is_told_to_take_what_expires_first(asked, centre, tea):
    put_on_shelf(centre, tea, 3, lot="SOON", keeps_days=9)
    gone = put_on_shelf(centre, tea, 2, lot="GONE", keeps_days=8)
    let_lot_expire(gone, "GONE")

    (row,) = lines_to_send(asked, at=timezone.now())

    shown = [(lot.batch.lot, lot.suggested, lot.is_past) for lot in row.lots]
    assert shown == [("SOON", 3, False), ("L1", 1, False), ("GONE", 0, True)]
    assert (row.free, row.short) == (13, 0)


def test_a_keeper_may_send_fewer_than_were_asked_for(asked, tea_at_centre):
    dispatch(asked, L1=1)

    assert books_of(tea_at_centre).on_hand == 9


@pytest.mark.parametrize(
    ("lots", "refusal"),
    [
        ({"L1": 5}, WrongUnitsToSend),
        ({"L1": 0}, NothingSent),
        ({"L1": -1}, NothingSent),
        ({"OLD": 1}, ShelfChanged),
    ],
)
def test_what_cannot_be_sent_moves_nothing(
    asked, booth, tea, tea_at_centre, lots, refusal
):
    put_on_shelf(booth, tea, 3, lot="OLD")
    before = books_of(tea_at_centre)

    with pytest.raises(refusal):
        dispatch(asked, **lots)

    assert books_of(tea_at_centre) == before
    assert status_of(asked) == "requested"
    assert not TransferLot.objects.exists()


def test_lots_past_their_date_stay(asked, tea_at_centre):
    let_lot_expire(tea_at_centre)
    before = books_of(tea_at_centre)

    with pytest.raises(ShelfChanged):
        dispatch(asked)

    assert books_of(tea_at_centre) == before
    assert status_of(asked) == "requested"


def test_what_others_were_promised_stays(asked, centre, tea, tea_at_centre):
    make_order({tea: 7}, point=centre)
    before = books_of(tea_at_centre)

    with pytest.raises(NotFreeToSend):
        dispatch(asked)

    assert books_of(tea_at_centre) == before
    assert status_of(asked) == "requested"


def test_a_stale_lot_does_not_stand_in_for_what_others_were_promised(
    centre, booth, tea, tea_at_centre
):
    put_on_shelf(centre, tea, 4, lot="OLD", keeps_days=9)
    let_lot_expire(tea_at_centre, "OLD")
    transfer = ask(centre, booth, tea, 3)
    make_order({tea: 8}, point=centre)

    with pytest.raises(NotFreeToSend):
        dispatch(transfer)

    assert books_of(tea_at_centre).on_hand == 14


def test_what_lapsed_orders_still_keep_may_go(asked, centre, tea, tea_at_centre):
    now = timezone.now()
    make_order({tea: 8}, point=centre, pay_until=now + dt.timedelta(minutes=5))

    dispatch(asked, at=now + dt.timedelta(minutes=5))

    assert (books_of(tea_at_centre).on_hand, books_of(tea_at_centre).allocated) == (
        6,
        0,
    )


@pytest.mark.parametrize("step", ["sent", "received"])
def test_a_transfer_is_sent_once(sent, tea_at_centre, step):
    if step == "received":
        unpack(sent)
    before = books_of(tea_at_centre)

    with pytest.raises(WrongTransferStatus):
        dispatch(sent)

    assert books_of(tea_at_centre) == before


def test_only_the_source_sends(asked, booth, tea_at_centre):
    before = books_of(tea_at_centre)

    with pytest.raises(WrongPoint):
        dispatch(asked, point=booth)

    assert (books_of(tea_at_centre), status_of(asked)) == (before, "requested")


def test_what_came_lies_at_the_destination(sent, booth, tea):
    unpack(sent)

    books = books_of(at_booth(booth, tea))
    assert (books.on_hand, books.allocated, books.lots) == (4, 0, {"L1": 4})
    assert books.ledger == [("transfer_in", "L1", 4, 4)]
    assert (status_of(sent), Transfer.objects.get().difference_reason) == (
        "received",
        "",
    )


def test_what_did_not_come_lies_nowhere_and_says_why(sent, booth, tea, tea_at_centre):
    unpack(sent, 3, reason=" one box was wet ")

    assert books_of(at_booth(booth, tea)).on_hand == 3
    assert books_of(tea_at_centre).on_hand == 6
    assert Transfer.objects.get().difference_reason == "one box was wet"
    (row,) = ended_transfers(booth)
    assert (row.went, row.came) == (4, 3)


def test_all_of_it_may_be_lost(sent, booth, tea):
    unpack(sent, 0, reason="the bike was stolen")

    books = books_of(at_booth(booth, tea))
    assert (books.on_hand, books.ledger) == (0, [])
    assert status_of(sent) == "received"


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
def test_what_cannot_be_received_moves_nothing(sent, booth, tea, came, reason, refusal):
    with pytest.raises(refusal):
        unpack(sent, came, reason=reason)

    assert at_booth(booth, tea) is None
    assert status_of(sent) == "sent"
    assert TransferLot.objects.get().received is None


def test_a_lot_that_nobody_counted_is_not_received(asked, centre, booth, tea):
    put_on_shelf(centre, tea, 3, lot="L2")
    dispatch(asked, L1=2, L2=2)

    with pytest.raises(NotCounted) as refusal:
        unpack(asked, 2)

    assert [lot.batch.lot for lot in refusal.value.lots] == ["L2"]
    assert at_booth(booth, tea) is None


def test_a_transfer_is_received_once(sent, booth, tea):
    unpack(sent)
    before = books_of(at_booth(booth, tea))

    with pytest.raises(WrongTransferStatus):
        unpack(sent)

    assert books_of(at_booth(booth, tea)) == before


def test_what_was_not_sent_is_not_received(asked, booth, tea):
    with pytest.raises(WrongTransferStatus):
        unpack(asked)

    assert at_booth(booth, tea) is None


def test_only_the_destination_receives(sent, centre, tea_at_centre):
    before = books_of(tea_at_centre)

    with pytest.raises(WrongPoint):
        unpack(sent, point=centre)

    assert (books_of(tea_at_centre), status_of(sent)) == (before, "sent")


@pytest.mark.parametrize("who", ["centre", "booth"])
def test_both_points_may_call_it_off(asked, who, request, tea_at_centre):
    before = books_of(tea_at_centre)

    call_off(asked, request.getfixturevalue(who))

    assert (status_of(asked), books_of(tea_at_centre)) == ("cancelled", before)
    with pytest.raises(WrongTransferStatus):
        dispatch(asked)


def test_it_is_kept_who_called_it_off_and_why(asked, centre, keeper):
    call_off(asked, centre, actor=keeper, reason=" Kho hết hàng ")

    asked.refresh_from_db()
    assert (asked.cancelled_by, asked.cancel_reason) == (keeper, "Kho hết hàng")


def test_nothing_is_called_off_without_a_reason(asked, centre, tea_at_centre):
    before = books_of(tea_at_centre)

    with pytest.raises(ReasonRequired):
        call_off(asked, centre, reason=" ")

    assert (status_of(asked), books_of(tea_at_centre)) == ("requested", before)


def test_what_left_is_not_called_off(sent, centre, tea_at_centre):
    before = books_of(tea_at_centre)

    with pytest.raises(WrongTransferStatus):
        call_off(sent, centre)

    assert (status_of(sent), books_of(tea_at_centre)) == ("sent", before)


def test_a_third_point_has_no_say(asked, db):
    with pytest.raises(WrongPoint):
        call_off(asked, make_point())

    assert status_of(asked) == "requested"


def test_goods_on_the_way_are_free_nowhere(sent, tea):
    free = free_records(at=timezone.now()).filter(product=tea)
    assert [record.free for record in free] == [6]
    assert not FulfilmentLine.objects.exists()

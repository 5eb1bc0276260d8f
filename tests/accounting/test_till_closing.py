"""Closing a till: what should be there, what was counted, once."""

import uuid

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from catalogue.refusals import ChangedMeanwhile, NotEnough, ReasonRequired
from marketplace.accounting.models import TillClose, TillEntry
from marketplace.accounting.operations.close_till import (
    TILL_CHANGED,
    AlreadyClosed,
    close_till,
)
from marketplace.accounting.queries.till import expected_till
from marketplace.orders.operations.fulfil import mark_delivered
from marketplace.payments.models import PaymentEvent, Refund
from marketplace.payments.operations.collect import collect_payment
from marketplace.payments.operations.refund import create_refund, record_manual_refund
from stores.operations.sell import sell_at_desk
from tests.accounting.conftest import hand_over_order
from tests.factories import make_order
from tests.marketplace.shopping import get_page_text, parse_page

TILL = "/en/desk/centre/till/"


@pytest.fixture
def sell_boxes(centre, full_shelf, tea, keeper):
    """Sells so many boxes of tea over the counter."""

    def sell_units(units, paid_by="cash"):
        return sell_at_desk(
            point=centre,
            units={full_shelf[tea].pk: units},
            paid_by=paid_by,
            client_id=uuid.uuid4().hex,
            actor=keeper,
            at=timezone.now(),
        )

    return sell_units


@pytest.fixture
def busy_day(sell_boxes, centre, tea, wine, keeper):
    """Four hundred and five thousand in cash, and some by card and transfer."""
    sell_boxes(1)
    sell_boxes(2, "card")
    sell_boxes(1, "transfer")
    hand_over_order(make_order({tea: 2, wine: 1}, point=centre), keeper)


def close_counted_till(point, actor, **changes):
    till = expected_till(point)
    counted = {
        "number": till.number,
        "expected": till.expected,
        "cash_vnd": till.cash_vnd,
        "card_vnd": till.card_vnd,
        "transfer_vnd": till.transfer_vnd,
        "left_in_drawer_vnd": 0,
        "reason": "",
    }
    at = timezone.now()
    return close_till(point=point, actor=actor, at=at, **(counted | changes))


def refund_manually(order, manager, amount_vnd, **how):
    refund = create_refund(
        payment=order.payments.get(),
        amount_vnd=amount_vnd,
        reason="late",
        key=uuid.uuid4().hex,
        actor=manager,
        at=timezone.now(),
    )
    return record_manual_refund(refund=refund, actor=manager, at=timezone.now(), **how)


def get_sums(till):
    return till.cash_vnd, till.card_vnd, till.transfer_vnd


def test_till_expects_each_payment_kind(busy_day, centre):
    assert get_sums(expected_till(centre)) == (405_000, 190_000, 95_000)


def test_close_till_carries_change_into_next_till(busy_day, sell_boxes, centre, keeper):
    written = close_counted_till(centre, keeper, left_in_drawer_vnd=100_000)

    assert (written.number, written.withdrawn_vnd, written.has_difference) == (
        1,
        305_000,
        False,
    )
    assert get_sums(expected_till(centre)) == (100_000, 0, 0)
    sell_boxes(1)
    second = close_counted_till(centre, keeper)
    assert (second.number, second.expected_cash_vnd) == (2, 195_000)
    assert TillEntry.objects.count() == 5


def test_till_excludes_sales_of_another_point(busy_day, centre, booth):
    assert get_sums(expected_till(booth)) == (0, 0, 0)


def test_till_subtracts_refunds_paid_at_its_desk(
    full_shelf, centre, booth, tea, keeper, manager
):
    order = hand_over_order(make_order({tea: 2}, point=centre), keeper)

    refund_manually(order, manager, 50_000, paid_by="cash", point=booth)
    refund_manually(order, manager, 40_000, paid_by="transfer", point=centre)
    refund_manually(order, manager, 30_000, paid_by="transfer")

    assert get_sums(expected_till(centre)) == (190_000, 0, -40_000)
    assert get_sums(expected_till(booth)) == (-50_000, 0, 0)


def test_till_excludes_cash_on_delivery(full_shelf, centre, tea, keeper):
    order = hand_over_order(make_order({tea: 1}, method="post", point=None), keeper)
    fulfilment = order.fulfilments.get()
    mark_delivered(fulfilment=fulfilment, at=timezone.now())

    event = collect_payment(
        fulfilment=fulfilment, actor=keeper, paid_by="", at=timezone.now()
    )

    assert event.paid_by == "transfer"
    assert get_sums(expected_till(centre)) == (0, 0, 0)


def test_close_till_refuses_difference_without_reason(busy_day, centre, keeper):
    with pytest.raises(ReasonRequired):
        close_counted_till(centre, keeper, cash_vnd=400_000, reason="  ")

    assert not TillClose.objects.exists()
    written = close_counted_till(
        centre, keeper, cash_vnd=400_000, reason="5.000 ₫ thối nhầm"
    )
    assert (written.difference_vnd, written.reason) == (-5_000, "5.000 ₫ thối nhầm")


def test_close_till_refuses_offsetting_differences_without_reason(
    busy_day, centre, keeper
):
    with pytest.raises(ReasonRequired):
        close_counted_till(centre, keeper, cash_vnd=404_000, card_vnd=191_000)

    assert not TillClose.objects.exists()


def test_close_till_refuses_to_leave_more_than_counted(busy_day, centre, keeper):
    with pytest.raises(NotEnough) as refusal:
        close_counted_till(centre, keeper, left_in_drawer_vnd=405_001)

    assert refusal.value.field == "left"
    assert not TillClose.objects.exists()


def test_close_till_refuses_when_sales_happened_meanwhile(
    busy_day, sell_boxes, centre, keeper
):
    expected = expected_till(centre).expected
    sell_boxes(1)

    with pytest.raises(ChangedMeanwhile, match=str(TILL_CHANGED)):
        close_counted_till(centre, keeper, expected=expected)

    assert not TillEntry.objects.exists()


def test_close_till_twice_raises_already_closed(busy_day, centre, keeper, manager):
    before = expected_till(centre)
    close_counted_till(centre, keeper)

    with pytest.raises(AlreadyClosed) as refusal:
        close_counted_till(
            centre, manager, number=before.number, expected=before.expected
        )

    assert refusal.value.close.actor == keeper
    assert TillClose.objects.count() == 1


@pytest.mark.parametrize("model", [TillClose, TillEntry])
def test_till_close_rows_are_append_only(busy_day, centre, keeper, model):
    close_counted_till(centre, keeper)
    before = list(model.objects.values())
    field = "counted_cash_vnd" if model is TillClose else "sale"

    for change in (
        lambda: model.objects.update(**{field: None if field == "sale" else 1}),
        lambda: model.objects.all()._raw_delete("default"),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()

    assert list(model.objects.values()) == before


# --- Screens -------------------------------------------------------------------------


@pytest.fixture
def desk(signed_in, keeper):
    return signed_in(keeper)


def get_till_form(desk):
    page = parse_page(desk.get(TILL))
    hidden = {
        name: page.select_one(f"form [name={name}]")["value"]
        for name in ("close", "expected")
    }
    return hidden | {"cash": "405.000", "card": "190000", "transfer": "95,000"}


def test_till_page_closes_till_with_counted_amounts(busy_day, desk, centre):
    assert "405,000 ₫" in get_page_text(desk.get(TILL))

    response = desk.post(TILL, get_till_form(desk) | {"left": "50 000"}, follow=True)

    page = get_page_text(response)
    assert response.request["PATH_INFO"] == "/en/desk/centre/till/1/"
    assert "Cash taken out 355,000 ₫" in page
    assert TillClose.objects.get().left_in_drawer_vnd == 50_000
    assert "Everything as expected" in get_page_text(desk.get(TILL))


@pytest.mark.parametrize(
    ("changes", "status", "why"),
    [
        ({"cash": "404000"}, 422, "Something differs. Write why"),
        ({"cash": "lots"}, 422, "Write an amount in dong"),
        ({"cash": "-1"}, 422, "Write an amount in dong"),
        ({"cash": ""}, 422, "Write the amount; 0 if there is none."),
        ({"cash": "9999999999"}, 422, "Write an amount in dong"),
        ({"left": "405001"}, 422, "More than there is in the drawer."),
        ({"expected": "\x00"}, 422, "Money came or went while you counted."),
        ({"close": "0"}, 422, "Money came or went while you counted."),
        ({"expected": "1/2/3"}, 409, "Money came or went while you counted."),
    ],
)
def test_till_page_refuses_invalid_amounts(busy_day, desk, changes, status, why):
    response = desk.post(TILL, get_till_form(desk) | {"left": "0"} | changes)

    assert response.status_code == status
    assert why.lower() in get_page_text(response).lower()
    assert not TillClose.objects.exists()


def test_till_form_sent_twice_shows_existing_close(busy_day, desk):
    form = get_till_form(desk) | {"left": "0"}
    first, again = desk.post(TILL, form), desk.post(TILL, form)

    assert first["Location"] == again["Location"] == "/en/desk/centre/till/1/"
    assert TillClose.objects.count() == 1


def test_till_close_of_another_point_returns_404(
    busy_day, desk, centre, booth, keeper, other_keeper, signed_in
):
    close_counted_till(centre, keeper)

    assert desk.get("/en/desk/centre/till/2/").status_code == 404
    assert desk.get("/en/desk/booth/till/1/").status_code == 404
    other = signed_in(other_keeper)
    assert other.get("/en/desk/centre/till/1/").status_code == 404
    assert other.get("/en/desk/booth/till/1/").status_code == 404


def test_office_tills_list_every_point_for_managers(
    busy_day, centre, booth, keeper, signed_in, manager
):
    close_counted_till(centre, keeper, cash_vnd=0, reason="stolen")

    page = get_page_text(signed_in(manager).get("/en/office/tills/"))

    assert "“stolen”" in page
    assert "-405,000 ₫" in page
    assert "Booth never" in page
    assert signed_in(manager).get("/en/desk/booth/till/").status_code == 200
    only = signed_in(manager).get("/en/office/tills/?point=booth")
    assert "stolen" not in get_page_text(only)
    nowhere = signed_in(manager).get("/en/office/tills/?point=%00")
    assert nowhere.status_code == 200


@pytest.mark.parametrize("who", ["stranger", "keeper", "other_keeper"])
def test_office_tills_refuse_users_without_money_permission(
    who, request, signed_in, client
):
    person = request.getfixturevalue(who)

    assert signed_in(person).get("/en/office/tills/").status_code == 403
    assert client.get("/en/office/tills/").status_code == 302


# --- Refunds by hand name their till -------------------------------------------------


@pytest.fixture
def pending_refund(full_shelf, centre, tea, keeper, manager):
    order = hand_over_order(make_order({tea: 2}, point=centre), keeper)
    return create_refund(
        payment=order.payments.get(),
        amount_vnd=50_000,
        reason="late",
        key="one",
        actor=manager,
        at=timezone.now(),
    )


@pytest.mark.parametrize(
    "changes",
    [{}, {"paid_by": "cash"}, {"paid_by": "shells", "sales_point": "centre"}]
    + [{"paid_by": "cash", "sales_point": "nowhere"}],
)
def test_record_manual_cash_refund_without_till_is_refused(
    pending_refund, signed_in, manager, changes
):
    address = f"/en/office/refunds/{pending_refund.pk}/by-hand/"

    response = signed_in(manager).post(address, changes, follow=True)

    assert "Choose" in get_page_text(response) or "no such point" in get_page_text(
        response
    )
    pending_refund.refresh_from_db()
    assert pending_refund.state == Refund.State.CREATED
    assert not PaymentEvent.objects.filter(kind="refunded").exists()


def test_record_manual_cash_refund_stores_point_and_kind(
    pending_refund, signed_in, manager, centre
):
    address = f"/en/office/refunds/{pending_refund.pk}/by-hand/"

    signed_in(manager).post(address, {"paid_by": "cash", "sales_point": "centre"})

    event = PaymentEvent.objects.get(kind="refunded")
    assert (event.source, event.point, event.paid_by) == ("desk", centre, "cash")
    assert expected_till(centre).cash_vnd == 140_000

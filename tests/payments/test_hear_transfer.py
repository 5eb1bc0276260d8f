"""A transfer that came: counted once, and each kind of it has its place."""

import datetime as dt

import pytest
from django.utils import timezone

from marketplace.orders.models import RefundDue
from marketplace.orders.operations.cancel import cancel_order
from marketplace.orders.operations.hold import lapse_unpaid_orders
from marketplace.payments.models import Payment, PaymentEvent
from marketplace.payments.operations.ask import ask
from marketplace.payments.operations.hear_transfer import hear_transfer
from marketplace.payments.operations.look_after import look_after
from marketplace.payments.operations.match import (
    AlreadyMatched,
    NoMoney,
    dismiss,
    match,
)
from marketplace.payments.purpose import purpose_of
from marketplace.payments.queries import (
    asked_for_as_much,
    transfers,
    transfers_not_even,
    transfers_unmatched,
)
from marketplace.payments.transfers import Came, name_for
from tests.books import books_of
from tests.factories import make_order
from tests.payments.money import (
    make_payment,
    money_events,
    paid,
    status_of,
    sums_of,
    tell,
)
from tests.payments.transfers import came, heard


@pytest.fixture
def purpose(transferring, unpaid):
    return purpose_of(unpaid.number)


def owed():
    return list(RefundDue.objects.values_list("amount_vnd", "reason"))


def told(event):
    return event.why, event.outcome


def test_exactly_what_was_asked_for_pays_the_order(transferring, unpaid, purpose):
    event = heard(190_000, f"MBVCB.45.{purpose}.CT tu 035 toi 0123", "FT1")

    assert told(event) == ("exact", "applied")
    assert sums_of(transferring) == ("paid", 190_000, 0)
    assert status_of(unpaid) == "confirmed"
    assert unpaid.fulfilments.get().to_collect_vnd == 0
    assert transferring.money_reference == "FT1"
    assert event.payload["raw"].startswith("190000 | MBVCB")
    assert not owed()
    assert not transfers_not_even()
    assert not transfers_unmatched()


def test_told_again_it_is_the_same(transferring, purpose):
    first = heard(190_000, purpose, "FT1")
    again = hear_transfer(came=came(190_000, purpose, "FT1"), at=timezone.now())

    assert (again.event, again.is_new) == (first, False)
    assert sums_of(transferring) == ("paid", 190_000, 0)


def test_told_again_with_its_purpose_cut_it_is_the_same(transferring, purpose):
    first = heard(190_000, purpose, "FT1")

    assert heard(190_000, purpose[:6], "FT1") == first
    assert PaymentEvent.objects.filter(source="bank").count() == 1


def test_too_little_waits_for_the_rest(transferring, unpaid, purpose):
    event = heard(100_000, purpose)

    assert told(event) == ("too little", "applied")
    assert sums_of(transferring) == ("asked", 100_000, 0)
    assert [p.came for p in transfers_not_even()] == [[event]]

    assert told(heard(90_000, purpose)) == ("exact", "applied")
    assert sums_of(transferring) == ("paid", 190_000, 0)
    assert status_of(unpaid) == "confirmed"
    assert not transfers_not_even()


def test_too_little_goes_back_when_the_time_is_over(transferring, unpaid, purpose):
    heard(100_000, purpose)

    look_after(at=unpaid.hold.until)

    assert sums_of(transferring) == ("refund_due", 100_000, 0)
    assert owed() == [(100_000, "cancelled")]
    assert [p.owed_vnd for p in transfers_not_even()] == [100_000]


def test_too_much_pays_and_the_rest_is_owed(transferring, unpaid, purpose):
    event = heard(200_000, purpose)

    assert told(event) == ("too much", "applied")
    assert sums_of(transferring) == ("paid", 200_000, 0)
    assert status_of(unpaid) == "confirmed"
    assert owed() == [(10_000, "too_much")]
    assert [(p.owed_vnd, p.came) for p in transfers_not_even()] == [(10_000, [event])]


def test_paid_twice_the_second_is_owed(transferring, unpaid, purpose):
    heard(190_000, purpose)

    assert told(heard(190_000, purpose)) == ("twice", "applied")

    assert sums_of(transferring) == ("paid", 380_000, 0)
    assert owed() == [(190_000, "too_much")]
    assert status_of(unpaid) == "confirmed"


def test_paid_by_card_before_a_transfer_is_owed(transferring, unpaid, purpose, now):
    Payment.objects.filter(pk=transferring.pk).update(state="lapsed")
    tell(paid(make_payment(unpaid)))

    assert told(heard(190_000, purpose)) == ("twice", "applied")

    assert sums_of(transferring) == ("refund_due", 190_000, 0)
    assert owed() == [(190_000, "too_much")]


def test_a_transfer_ends_the_card_that_was_asked_since(
    stripe, transferring, unpaid, purpose, now
):
    card = ask(order=unpaid, way="stripe", at=now)
    assert sums_of(transferring)[0] == "lapsed"

    assert told(heard(190_000, purpose)) == ("exact", "applied")

    assert sums_of(transferring)[0] == "paid"
    assert sums_of(card)[0] == "lapsed"


def test_late_and_the_goods_are_still_there(
    transferring, unpaid, purpose, tea_at_centre
):
    look_after(at=unpaid.hold.until)
    assert status_of(unpaid) == "lapsed"
    assert sums_of(transferring)[0] == "lapsed"

    assert told(heard(190_000, purpose)) == ("late", "applied")

    assert sums_of(transferring) == ("paid", 190_000, 0)
    assert status_of(unpaid) == "confirmed"
    assert books_of(tea_at_centre).allocated == 2
    assert not owed()


def test_late_and_the_goods_are_sold(
    transferring, unpaid, purpose, tea, centre, django_capture_on_commit_callbacks
):
    unpaid.hold.until = timezone.now() - dt.timedelta(minutes=1)
    unpaid.hold.save()
    make_order({tea: 10}, point=centre, email="")

    assert told(heard(190_000, purpose)) == ("late", "applied")

    assert sums_of(transferring) == ("refund_due", 190_000, 0)
    assert status_of(unpaid) == "lapsed"
    assert owed() == [(190_000, "not_there")]
    assert [p.owed_vnd for p in transfers_not_even()] == [190_000]


def test_late_and_too_little_is_owed(transferring, unpaid, purpose):
    look_after(at=unpaid.hold.until)

    assert told(heard(100_000, purpose)) == ("late", "applied")

    assert sums_of(transferring) == ("refund_due", 100_000, 0)
    assert status_of(unpaid) == "lapsed"
    assert owed() == [(100_000, "too_much")]


def test_a_cancelled_order_is_late(transferring, unpaid, purpose, now):
    cancel_order(order=unpaid, at=now)

    assert told(heard(190_000, purpose)) == ("late", "applied")
    assert sums_of(transferring) == ("refund_due", 190_000, 0)
    assert owed() == [(190_000, "cancelled")]


@pytest.mark.parametrize(
    "purpose", ["", "tien hang", "QN123", "QN0000000", "QN1234567 va QN7654321"]
)
def test_what_names_no_order_is_kept(transferring, unpaid, purpose):
    event = heard(190_000, purpose, "FT9")

    assert told(event) == ("unknown", "kept")
    assert list(transfers_unmatched()) == [event]
    assert sums_of(transferring) == ("asked", 0, 0)
    assert heard(190_000, purpose, "FT9") == event
    assert asked_for_as_much([190_000, 5]) == {190_000: [unpaid.number]}


def test_an_order_of_which_no_transfer_was_asked_is_unknown(asked, unpaid):
    assert told(heard(190_000, purpose_of(unpaid.number))) == ("unknown", "kept")
    assert sums_of(asked) == ("asked", 0, 0)


@pytest.mark.parametrize("amount_vnd", [190_001, 190_000])
def test_another_transfer_under_the_same_number_is_kept(
    transferring, purpose, amount_vnd
):
    heard(190_000, purpose, "FT1")

    other = heard(amount_vnd, purpose if amount_vnd > 190_000 else "QN7654321", "FT1")

    assert told(other) == ("otherwise", "kept")
    assert sums_of(transferring) == ("paid", 190_000, 0)
    assert list(transfers_unmatched()) == [other]
    assert PaymentEvent.objects.filter(source="bank").count() == 2


def test_more_than_a_column_can_hold_is_kept(transferring, purpose):
    heard(2**31 - 1, purpose)

    assert told(heard(2**31 - 1, purpose)) == ("beyond", "kept")
    assert sums_of(transferring)[1] == 2**31 - 1


def nameless(purpose, number, at):
    bare = Came("", at, 190_000, purpose, raw="")
    name = name_for(account="0123456789", said=bare, number=number)
    return came(190_000, purpose, name, at)


@pytest.mark.parametrize(
    ("order", "cases"),
    [
        ("LB", ["exact", "same"]),
        ("BL", ["exact", "same"]),
        ("LBB", ["exact", "same", "twice"]),
        ("BLBL", ["exact", "same", "twice", "same"]),
        ("LLBB", ["exact", "twice", "same", "same"]),
        ("BBLL", ["exact", "twice", "same", "same"]),
    ],
)
def test_a_line_without_a_number_and_a_notice_are_one_transfer(
    transferring, purpose, now, order, cases
):
    """L: a line of a statement that has no numbers; B: the bank's notice."""
    number = 0
    seen = []
    for teller in order:
        number += teller == "L"
        one = (
            nameless(purpose, number, now)
            if teller == "L"
            else came(190_000, purpose, at=now)
        )
        seen.append(hear_transfer(came=one, at=now).event.why)

    assert seen == cases
    real = sum(case != "same" for case in cases)
    assert sums_of(transferring) == ("paid", 190_000 * real, 0)
    assert money_events(transferring) == 190_000 * real


def matched(kept, order, manager, **said):
    given = {"reason": "she called", "actor": manager, "at": timezone.now()}
    return match(kept=kept, order=order, **(given | said))


def test_a_manager_says_whose_it_is(transferring, unpaid, manager):
    kept = heard(190_000, "tien che", "FT1")

    event = matched(kept, unpaid, manager)

    assert told(event) == ("exact", "applied")
    assert (event.answers, event.actor) == (kept, manager)
    assert event.payload == kept.payload | {"reason": "she called"}
    assert sums_of(transferring) == ("paid", 190_000, 0)
    assert status_of(unpaid) == "confirmed"
    assert list(transfers()) == [event]
    assert not transfers_unmatched()
    with pytest.raises(AlreadyMatched):
        matched(kept, unpaid, manager)
    assert heard(190_000, "tien che", "FT1") == kept
    assert sums_of(transferring) == ("paid", 190_000, 0)


def test_an_order_that_is_paid_at_the_counter_may_be_paid_by_transfer(
    unpaid, manager, tea, centre, tea_at_centre
):
    order = make_order({tea: 1}, point=centre, email="")
    at_the_counter = order.payments.get()
    kept = heard(95_000, purpose_of(order.number))

    event = matched(kept, order, manager)

    assert told(event) == ("exact", "applied")
    assert sums_of(event.payment) == ("paid", 95_000, 0)
    assert sums_of(at_the_counter)[0] == "lapsed"
    assert order.fulfilments.get().to_collect_vnd == 0


def test_too_little_for_an_order_without_a_transfer_is_owed(asked, unpaid, manager):
    event = matched(heard(5_000), unpaid, manager)

    assert told(event) == ("too little", "applied")
    assert sums_of(event.payment) == ("refund_due", 5_000, 0)
    assert sums_of(asked)[0] == "asked"
    assert owed() == [(5_000, "too_much")]


def test_money_that_pays_no_order_is_said_so_and_stays_written(transferring, manager):
    kept = heard(7_000_000, "lai tien gui")

    dismiss(kept=kept, reason="interest", actor=manager, at=timezone.now())

    assert not transfers_unmatched()
    (shown,) = transfers()
    assert shown == kept
    assert [answer.why for answer in shown.answered_by.all()] == ["interest"]
    with pytest.raises(AlreadyMatched):
        matched(kept, transferring.order, manager)
    assert sums_of(transferring) == ("asked", 0, 0)


def test_an_amount_that_nobody_could_read_pays_nothing(transferring, manager):
    kept = PaymentEvent.objects.create(
        source="bank",
        external_id="notice-1:paid",
        kind="paid",
        outcome="kept",
        why="unreadable",
        happened_at=timezone.now(),
        received_at=timezone.now(),
    )

    with pytest.raises(NoMoney):
        matched(kept, transferring.order, manager)
    assert sums_of(transferring) == ("asked", 0, 0)


def test_each_place_holds_its_transfers(transferring, unpaid, purpose, now):
    heard(100_000, purpose, "FT1")
    heard(95_000, purpose, "FT2")
    heard(190_000, purpose, "FT3")
    heard(1, "", "FT4")
    lapse_unpaid_orders(at=now)

    places = {
        case: [event.external_id for event in transfers(case)]
        for case in PaymentEvent.Case.values
    }

    assert {case: names for case, names in places.items() if names} == {
        "too little": ["FT1:paid"],
        "too much": ["FT2:paid"],
        "twice": ["FT3:paid"],
        "unknown": ["FT4:paid"],
    }
    assert len(transfers()) == 4
    assert money_events(transferring) == 385_000
    assert sum(vnd for vnd, _why in owed()) == 195_000

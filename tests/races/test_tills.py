"""Two who close the same till, and a sale at that very moment."""

import pytest
from django.utils import timezone

from marketplace.accounting.models import TillClose, TillEntry
from marketplace.accounting.operations import close_till as module
from marketplace.accounting.queries.till import expected_till
from stores.models import SalesEntry
from stores.operations.sell import sell_at_desk

pytestmark = pytest.mark.postgres


@pytest.fixture
def sell_tea(centre, tea_at_centre, keeper):
    """Sells a box of tea, under a name of its own."""

    def sell(name):
        return sell_at_desk(
            point=centre,
            units={tea_at_centre.pk: 1},
            paid_by="cash",
            client_id=name,
            actor=keeper,
            at=timezone.now(),
        )

    return sell


def make_close_till(point, actor):
    """Somebody with the till on her screen, about to press the button."""
    till = expected_till(point)
    return lambda: module.close_till(
        point=point,
        number=till.number,
        expected=till.expected,
        cash_vnd=till.cash_vnd,
        card_vnd=0,
        transfer_vnd=0,
        left_in_drawer_vnd=0,
        reason="",
        actor=actor,
        at=timezone.now(),
    )


def test_close_till_by_two_keepers_closes_once(race, sell_tea, centre, keeper, manager):
    sell_tea("sale-0001")

    outcomes = race(make_close_till(centre, keeper), make_close_till(centre, manager))

    assert outcomes == ["AlreadyClosed", "ok"]
    assert TillClose.objects.get().expected_cash_vnd == 95_000
    assert TillEntry.objects.count() == 1


def test_close_till_without_lock_violates_constraint(
    race, at_barrier, monkeypatch, sell_tea, centre, keeper, manager
):
    sell_tea("sale-0001")
    write = TillClose.objects.create  # both have read the till when either writes
    monkeypatch.setattr(TillClose.objects, "create", at_barrier(write, 2))
    monkeypatch.setattr(
        module.SalesPoint.objects, "select_for_update", lambda **_: FREE
    )

    outcomes = race(make_close_till(centre, keeper), make_close_till(centre, manager))

    assert outcomes == ["IntegrityError", "ok"]
    assert TillClose.objects.count() == 1


class Free:
    def get(self, **_: object) -> None:
        """Lock nothing."""


FREE = Free()


def test_sell_during_close_till_is_counted_once(race, sell_tea, centre, keeper):
    sell_tea("sale-0001")
    close = make_close_till(centre, keeper)

    outcomes = race(close, *(lambda n=n: sell_tea(f"late-{n:04}") for n in range(4)))

    assert outcomes.count("ok") in (4, 5)
    if not TillClose.objects.exists():  # a sale came first, and she counts again
        assert "ChangedMeanwhile" in outcomes
        make_close_till(centre, keeper)()
    first = TillClose.objects.get()
    counted = SalesEntry.objects.exclude(till_entry=None).count()
    assert first.expected_cash_vnd == 95_000 * counted
    assert expected_till(centre).cash_vnd == 95_000 * (5 - counted)

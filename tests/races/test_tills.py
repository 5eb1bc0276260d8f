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
def sold(centre, tea_at_centre, keeper):
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


def closing(point, actor):
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


def test_two_who_close_at_once_close_once(race, sold, centre, keeper, manager):
    sold("sale-0001")

    outcomes = race(closing(centre, keeper), closing(centre, manager))

    assert outcomes == ["AlreadyClosed", "ok"]
    assert TillClose.objects.get().expected_cash_vnd == 95_000
    assert TillEntry.objects.count() == 1


def test_without_the_lock_the_database_still_refuses(
    race, meeting, monkeypatch, sold, centre, keeper, manager
):
    sold("sale-0001")
    write = TillClose.objects.create  # both have read the till when either writes
    monkeypatch.setattr(TillClose.objects, "create", meeting(write, 2))
    monkeypatch.setattr(
        module.SalesPoint.objects, "select_for_update", lambda **_: FREE
    )

    outcomes = race(closing(centre, keeper), closing(centre, manager))

    assert outcomes == ["IntegrityError", "ok"]
    assert TillClose.objects.count() == 1


class Free:
    def get(self, **_: object) -> None:
        """Lock nothing."""


FREE = Free()


def test_a_sale_at_that_moment_is_counted_once(race, sold, centre, keeper):
    sold("sale-0001")
    close = closing(centre, keeper)

    outcomes = race(close, *(lambda n=n: sold(f"late-{n:04}") for n in range(4)))

    assert outcomes.count("ok") in (4, 5)
    if not TillClose.objects.exists():  # a sale came first, and she counts again
        assert "TillChanged" in outcomes
        closing(centre, keeper)()
    first = TillClose.objects.get()
    counted = SalesEntry.objects.exclude(till_entry=None).count()
    assert first.expected_cash_vnd == 95_000 * counted
    assert expected_till(centre).cash_vnd == 95_000 * (5 - counted)

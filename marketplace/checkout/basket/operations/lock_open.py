"""Make whoever else changes or orders a basket wait."""

from marketplace.checkout.basket.models import Basket


class NoLongerOpen(Exception):
    """The basket has become an order meanwhile."""


def lock_open(basket: Basket) -> None:
    """Lock the basket's row; first of all locks, as `place_order` does.

    Raises NoLongerOpen.
    """
    row = Basket.objects.select_for_update().get(pk=basket.pk)
    if row.status != Basket.OPEN:
        raise NoLongerOpen

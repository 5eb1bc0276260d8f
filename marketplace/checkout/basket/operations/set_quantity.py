"""Say anew how many of a product a basket holds."""

import datetime as dt

from django.db import transaction

from marketplace.checkout.basket.models import Basket
from marketplace.checkout.basket.operations.lock_open import NoLongerOpen, lock_open
from marketplace.checkout.basket.operations.put_in import NotThatMany, OnNoShelf, shelf_with
from marketplace.orders.models import Hold
from stores.models import SalesPoint

__all__ = ["NoLongerOpen", "NotThatMany", "OnNoShelf", "set_quantity"]


@transaction.atomic
def set_quantity(
    *,
    basket: Basket,
    line_id: int,
    quantity: int,
    at: dt.datetime,
    own: Hold | None = None,
) -> None:
    """The line has `quantity` units from now on; with 0 it is taken out.

    It stays on the shelf of its point if that has enough. A line that is gone already
    stays gone.

    Raises NoLongerOpen, OnNoShelf or NotThatMany; the line is as before then.
    """
    lock_open(basket)
    line = basket.lines.select_related("product").filter(pk=line_id).first()
    if line is None:
        return
    if quantity == 0:
        line.delete()
    else:
        here = SalesPoint.objects.filter(partner__stockrecords=line.stockrecord_id)
        line.stockrecord = shelf_with(line.product, quantity, here.first(), at, own)
        line.quantity = quantity
        line.save()
    basket.reset_offer_applications()

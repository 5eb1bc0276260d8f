"""Receive goods at a point."""

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from catalogue.models import Batch, Product
from catalogue.refusals import Refusal
from stores.idempotency import FormReused, begin_submission
from stores.models import SalesPoint, StockMovement
from stores.operations.move import move, open_shelf

if TYPE_CHECKING:
    from django.contrib.auth.models import _User


class InvalidLot(Refusal):
    """The lot's date or storage does not allow what is to be done with it."""

    field = "best_before"


def booked_differently(movement_id: int) -> FormReused:
    """What a form says that booked another movement before."""
    movements = StockMovement.objects.select_related("record__product", "batch")
    movement = movements.get(pk=movement_id)
    text = _(
        "This form booked something else already (%(sentence)s). If you want this"
        " too, press again."
    )
    return FormReused(text % {"sentence": movement.sentence}, movement)


class NotSoldHere(Refusal):
    """A service has no shelf, and alcohol needs a licence of the point."""

    field = "product"

    def __init__(self, sentence: str = "") -> None:
        super().__init__(
            sentence or _("This point may not sell it: no shelf or no licence.")
        )


def check_may_sell(point: SalesPoint, products: Iterable[Product]) -> None:
    """Raises NotSoldHere unless the point may sell all of the products."""
    if not all(point.may_sell(product) for product in products):
        raise NotSoldHere


@transaction.atomic
def receive(
    *,
    point: SalesPoint,
    product: Product,
    lot: str,
    best_before: dt.date | None,
    quantity: int,
    at: dt.datetime,
    actor: "_User | None",
    made_on: dt.date | None = None,
    document: str = "",
    client_id: str = "",
) -> StockMovement:
    """Put `quantity` units (1 or more) of a lot on the point's shelf.

    A `client_id` under which the point received the same before returns that movement.

    Raises FormReused, InvalidLot or NotSoldHere.
    """
    if quantity < 1:
        raise ValueError("1 unit or more is received")
    submitted = begin_submission(
        scope=f"receive {point.pk}",
        token=client_id,
        content={
            "product": product.pk,
            "lot": lot,
            "best_before": best_before and best_before.isoformat(),
            "quantity": quantity,
            "document": document,
        },
        reused=booked_differently,
    )
    if submitted.result_id:
        return StockMovement.objects.get(pk=submitted.result_id)
    if product.shelf_life_days and not best_before:
        text = _("%s goes off: write the date that stands on its label.")
        raise InvalidLot(text % product.name, status=422)
    if best_before and best_before <= timezone.localdate(at):
        raise InvalidLot(_("This lot is past its date already."), status=422)
    check_may_sell(point, [product])
    batch, _created = Batch.objects.get_or_create(
        product=product,
        lot=lot,
        defaults={"best_before": best_before, "made_on": made_on},
    )
    if batch.best_before != best_before:
        text = _("This lot is known as one that does not expire.")
        if batch.best_before:
            text = _("This lot is known with the date %s. Look at the label again.") % (
                date_format(batch.best_before, "SHORT_DATE_FORMAT")
            )
        raise InvalidLot(text)
    movement = move(
        record=open_shelf(point, product),
        batch=batch,
        kind=StockMovement.Kind.RECEIVE,
        quantity=quantity,
        at=at,
        actor=actor,
        document=document,
    )
    submitted.finish(movement)
    return movement

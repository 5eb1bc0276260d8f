"""The number by which the post knows a parcel that has left."""

from django.db import transaction

from stores.mail import tell_buyer
from stores.models import Fulfilment
from stores.operations.advance import NotInThatState

__all__ = ["NotInThatState", "track"]


@transaction.atomic
def track(*, fulfilment: Fulfilment, carrier: str, tracking_number: str) -> None:
    """Write down who carries a parcel, and its number; its buyer is told.

    Raises NotInThatState unless the post has it.
    """
    with_the_post = Fulfilment.objects.filter(
        pk=fulfilment.pk,
        way=Fulfilment.Way.POST,
        status=Fulfilment.Status.HANDED_OVER,
    )
    changed = with_the_post.update(
        carrier=carrier.strip(), tracking_number=tracking_number.strip()
    )
    fulfilment.refresh_from_db()
    if not changed:
        raise NotInThatState(fulfilment)
    tell_buyer(fulfilment=fulfilment, news="sent")

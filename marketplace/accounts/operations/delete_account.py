"""Forget a person who has an account."""

from django.db import transaction
from django.db.models import F, ProtectedError

from marketplace.accounts.models import User
from marketplace.orders.models import Fulfilment, Order, ShippingAddress
from stores.models import SalesPoint


class WorksHere(Exception):
    """Somebody who works here, or did: her name stands under what she wrote."""


class StillOpen(Exception):
    """She still waits for something that she ordered."""


@transaction.atomic
def delete_account(*, user: User) -> None:
    """The account goes, and her name goes from her orders; what was sold stays.

    Her orders are locked, so that none begins or ends meanwhile. Payments have kept
    nothing of her: see `stripe_events.without_people`.

    Raises WorksHere or StillOpen.
    """
    person = User.objects.select_for_update().get(pk=user.pk)
    if works_here(person):
        raise WorksHere
    orders = Order.objects.filter(user=person)
    mine = list(orders.order_by("pk").select_for_update().values_list("pk", flat=True))
    if open_jobs(mine):
        raise StillOpen
    Fulfilment.objects.filter(order__in=mine).update(
        name="–", phone="", room="–", note="", taken_by=""
    )
    ShippingAddress.objects.filter(order__in=mine).delete()
    orders.update(user=None, guest_email="")
    try:
        person.delete()
    except ProtectedError as written:
        raise WorksHere from written


def works_here(person: User) -> bool:
    return (
        person.is_staff
        or person.is_superuser
        or person.groups.exists()
        or person.user_permissions.exists()
        or SalesPoint.objects.staffed_by(person).exists()
    )


def open_jobs(orders: list[int]) -> bool:
    fulfilments = Fulfilment.objects.filter(
        order__in=orders,
        parts__units__gt=F("lines__cancelled") + F("lines__handed_over"),
    )
    return fulfilments.exclude(status__in=Fulfilment.WITHOUT_GOODS).exists()

"""Delete the account of a buyer, and their name from finished orders."""

from django.db import transaction
from django.db.models import F, ProtectedError
from django.utils.translation import gettext_lazy as _

from catalogue.refusals import WrongStatus
from marketplace.accounts.models import User
from marketplace.orders.models import Fulfilment, Order, ShippingAddress
from stores.models import SalesPoint

WORKS_HERE = _(
    "This account belongs to somebody who works here, and cannot delete itself."
    " Ask a manager of the regional centre to close it."
)
"""Or did: the name stands beside what the person recorded."""
STILL_OPEN = _("An order is still open. Collect or cancel it first.")


@transaction.atomic
def delete_account(*, user: User) -> None:
    """Delete the account and the personal data of its orders; the sales stay.

    The orders are locked, so that none begins or ends meanwhile. Payments hold no
    personal data: see `stripe_events.remove_personal_data`.

    Raises WrongStatus.
    """
    person = User.objects.select_for_update().get(pk=user.pk)
    if works_here(person):
        raise WrongStatus(WORKS_HERE)
    orders = Order.objects.filter(user=person)
    mine = list(orders.order_by("pk").select_for_update().values_list("pk", flat=True))
    if has_open_fulfilments(mine):
        raise WrongStatus(STILL_OPEN)
    Fulfilment.objects.filter(order__in=mine).update(
        name="–", phone="", room="–", note="", taken_by=""
    )
    ShippingAddress.objects.filter(order__in=mine).delete()
    orders.update(user=None, guest_email="")
    try:
        person.delete()
    except ProtectedError as error:
        raise WrongStatus(WORKS_HERE) from error


def works_here(person: User) -> bool:
    return (
        person.is_staff
        or person.is_superuser
        or person.groups.exists()
        or person.user_permissions.exists()
        or SalesPoint.objects.staffed_by(person).exists()
    )


def has_open_fulfilments(orders: list[int]) -> bool:
    fulfilments = Fulfilment.objects.filter(
        order__in=orders,
        lines__units__gt=F("lines__cancelled") + F("lines__handed_over"),
    )
    return fulfilments.exclude(status__in=Fulfilment.WITHOUT_GOODS).exists()

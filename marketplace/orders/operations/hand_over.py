"""Hand a fulfilment over to its buyer, or to the post."""

import datetime as dt
import re
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalogue.refusals import ReasonRequired, Refusal
from marketplace.orders.letters import write_to_buyer
from marketplace.orders.models import Fulfilment, FulfilmentLine
from marketplace.orders.operations.check_code import WrongCode
from marketplace.orders.operations.fulfil import set_fulfilment_status
from marketplace.orders.operations.record_sales import record_handed_over
from marketplace.orders.queries import pick_lots
from stores.models import Reservation, StockMovement
from stores.operations.move import move

if TYPE_CHECKING:
    from django.contrib.auth.models import _User

Method = Fulfilment.DeliveryMethod


PHONE_DIGITS = 4


class WrongPhone(WrongCode):
    message = _(
        "These are not the last four digits of the telephone in this order. Nothing was"
        " handed over."
    )


def needs_code(fulfilment: Fulfilment, *, at_front_desk: bool) -> bool:
    """Whether the buyer is there, to show the code and to pay.

    The postman comes without the buyer, and so does a room delivery that is left at
    the front desk of a hotel.
    """
    left_for_buyer = at_front_desk and fulfilment.delivery_method == Method.ROOM
    return fulfilment.delivery_method != Method.POST and not left_for_buyer


def check_phone(fulfilment: Fulfilment, digits: str) -> None:
    """Refuse a buyer who does not know the end of the telephone number in the order."""
    phone = re.sub(r"\D", "", fulfilment.phone)
    if not phone:
        raise Refusal(
            _("This order has no telephone to check. Show the buyer the link.")
        )
    if re.sub(r"\D", "", digits) != phone[-PHONE_DIGITS:]:
        raise WrongPhone


@transaction.atomic
def hand_over(
    *,
    fulfilment: Fulfilment,
    code: str,
    actor: "_User",
    at: dt.datetime,
    taken_by: str = "",
    at_front_desk: bool = False,
    carrier: str = "",
    tracking_number: str = "",
    phone_digits: str = "",
    no_code_reason: str = "",
) -> None:
    """The goods leave the shelf, lot by lot, and the ledger says to which order.

    Whoever meets the buyer asks for the code; the post takes the parcel under its own
    number, and a front desk says who took it. A room delivery ends here; a buyer who
    was not there gets a letter. Without a `code` the buyer names the last digits of the
    telephone in the order, and the `no_code_reason` stands with it and in the ledger.

    Raises WrongFulfilmentStatus unless it is open, WrongCode, ReasonRequired, Refusal,
    or what `pick_lots` raises.
    """
    room = fulfilment.delivery_method == Method.ROOM
    met = needs_code(fulfilment, at_front_desk=at_front_desk)
    if room and not met and not taken_by.strip():
        raise Refusal(_("Write who took it at the front desk."), status=422)
    by_phone = met and not code and bool(phone_digits or no_code_reason)
    if by_phone:
        check_phone(fulfilment, phone_digits)
        if not no_code_reason.strip():
            raise ReasonRequired(_("Say why it is handed over without the code."))
    elif met and code != fulfilment.code:
        raise WrongCode
    reason = no_code_reason.strip() if by_phone else ""
    set_fulfilment_status(
        fulfilment=fulfilment,
        begins=Fulfilment.OPEN,
        ends=Fulfilment.Status.DELIVERED if room else Fulfilment.Status.HANDED_OVER,
        handed_over_at=at,
        handed_over_by=actor,
        delivered_at=at if room else None,
        taken_by=taken_by.strip(),
        no_code_reason=reason,
        carrier=carrier.strip(),
        tracking_number=tracking_number.strip(),
    )
    if not met:
        write_to_buyer(fulfilment=fulfilment, event="at_front_desk" if room else "sent")
    picks = pick_lots(fulfilment, on=timezone.localdate(at))
    for pick in sorted(picks, key=lambda pick: pick.line.reservation.record_id):
        reservation = pick.line.reservation
        move(
            record=reservation.record,
            batch=pick.batch,
            kind=StockMovement.Kind.SELL,
            quantity=-pick.units,
            allocated=-pick.units,
            at=at,
            actor=actor,
            reason=reason,
            document=fulfilment.order.number,
        )
        Reservation.objects.filter(pk=reservation.pk).update(
            units=F("units") - pick.units, allocated=F("allocated") - pick.units
        )
        FulfilmentLine.objects.filter(pk=pick.line.pk).update(
            handed_over=F("handed_over") + pick.units
        )
    record_handed_over(fulfilment=fulfilment, at=at, actor=actor)

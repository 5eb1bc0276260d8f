"""Paid on receipt: at the counter, at the door, to the postman."""

from django.utils.translation import gettext_lazy as _

from marketplace.payments.models import Payment
from marketplace.payments.port import Way


class AtThePoint(Way):
    code = Payment.Way.POINT
    title = _("When you receive it")
    says = _("Cash, card or transfer, at the counter or at your door")
    icon = "cash"

    def offered(self, *, receive: str) -> bool:
        return receive != "post"


class ToThePostman(Way):
    code = Payment.Way.COD
    title = _("To the postman")
    says = _("In cash, when the parcel arrives")
    icon = "cash"

    def offered(self, *, receive: str) -> bool:
        return receive == "post"

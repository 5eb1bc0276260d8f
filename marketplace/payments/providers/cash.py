"""Payment on receipt: at the counter, at the door, to the postman."""

from django.utils.translation import gettext_lazy as _

from marketplace.payments.models import PaymentMethod
from marketplace.payments.providers.base import PaymentProvider


class PayAtPoint(PaymentProvider):
    code = PaymentMethod.POINT
    title = _("When you receive it")
    description = _("Cash, card or transfer, at the counter or at your door")
    icon = "cash"

    def is_available(self, *, receive: str) -> bool:
        return receive != "post"


class CashOnDelivery(PaymentProvider):
    code = PaymentMethod.COD
    title = _("To the postman")
    description = _("In cash, when the parcel arrives")
    icon = "cash"

    def is_available(self, *, receive: str) -> bool:
        return receive == "post"

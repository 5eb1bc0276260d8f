"""Paid on receipt: at the counter, at the door, to the postman."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from marketplace.payments.models import Payment, Refund
from marketplace.payments.port import Asked, GivenBack, News, OnlyByHand


class OnReceipt:
    """A person takes the money, and a person gives it back."""

    icon = "cash"
    hold = None
    shortest = dt.timedelta(0)

    def answers(self) -> bool:
        return True

    def ask(self, payment: Payment) -> Asked:
        return Asked()

    def end(self, payment: Payment) -> None:
        """Nobody has to be told."""

    def give_back(self, refund: Refund) -> GivenBack:
        raise OnlyByHand

    def news_of(self, payment: Payment) -> Sequence[News]:
        return []


class AtThePoint(OnReceipt):
    code = Payment.Way.POINT
    title = _("When you receive it")
    says = _("Cash, card or transfer, at the counter or at your door")

    def offered(self, *, receive: str) -> bool:
        return receive != "post"


class ToThePostman(OnReceipt):
    code = Payment.Way.COD
    title = _("To the postman")
    says = _("In cash, when the parcel arrives")

    def offered(self, *, receive: str) -> bool:
        return receive == "post"

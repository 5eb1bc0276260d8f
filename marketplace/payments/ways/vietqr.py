"""A bank transfer: the buyer's bank scans a VietQR code with amount and purpose."""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from marketplace.payments.models import Payment, Refund
from marketplace.payments.port import Asked, GivenBack, News, OnlyByHand
from marketplace.payments.purpose import purpose_of


class VietQr:
    code = Payment.Way.VIETQR
    title = _("Bank transfer, VietQR")
    says = _("Scan a code with your bank's app")
    icon = "scan"
    hold = dt.timedelta(minutes=30)
    shortest = dt.timedelta(0)

    def offered(self, *, receive: str) -> bool:
        return bool(settings.VIETQR_BANK_BIN and settings.VIETQR_ACCOUNT)

    def answers(self) -> bool:
        return True

    def ask(self, payment: Payment) -> Asked:
        """The purpose of the transfer names the order."""
        return Asked(reference=purpose_of(payment.order.number))

    def end(self, payment: Payment) -> None:
        """Nobody can be kept from transferring; what comes late is matched late."""

    def give_back(self, refund: Refund) -> GivenBack:
        raise OnlyByHand

    def news_of(self, payment: Payment) -> Sequence[News]:
        """The bank tells of itself, by notification or statement."""
        return []

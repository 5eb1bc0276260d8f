"""A bank transfer: the buyer's bank scans a VietQR code with amount and purpose."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from marketplace.payments.banks import bank_name
from marketplace.payments.emv import vietqr
from marketplace.payments.models import Payment
from marketplace.payments.port import Asked, Way
from marketplace.payments.purpose import purpose_of
from stores.qr import qr


@dataclass(frozen=True)
class Transfer:
    """What the buyer's bank has to be told, for a camera and for fingers.

    `amount_vnd` is what is still missing, whole dong; `qr` an inline SVG.
    """

    qr: SafeString
    bank: str
    account: str
    amount_vnd: int
    purpose: str


class VietQr(Way):
    """Nobody can be kept from transferring, and the bank tells of itself."""

    code = Payment.Way.VIETQR
    title = _("Bank transfer, VietQR")
    says = _("Scan a code with your bank's app")
    icon = "scan"
    hold = dt.timedelta(minutes=30)

    def offered(self, *, receive: str) -> bool:
        return bool(settings.VIETQR_BANK_BIN and settings.VIETQR_ACCOUNT)

    def ask(self, payment: Payment) -> Asked:
        """The purpose of the transfer names the order."""
        return Asked(reference=purpose_of(payment.order.number))

    def transfer(self, payment: Payment) -> Transfer:
        """The transfer that a payment which waits for money asks for."""
        bank, account = settings.VIETQR_BANK_BIN, settings.VIETQR_ACCOUNT
        amount_vnd, purpose = payment.missing_vnd, payment.reference
        payload = vietqr(
            bank=bank, account=account, amount_vnd=amount_vnd, purpose=purpose
        )
        name = bank_name(bank) or bank
        return Transfer(qr(payload), name, account, amount_vnd, purpose)

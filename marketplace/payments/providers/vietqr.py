"""Bank transfer: the buyer's bank app scans a VietQR code with amount and purpose."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from marketplace.payments.bank.matching import transfer_purpose
from marketplace.payments.emv import vietqr
from marketplace.payments.models import Payment, PaymentMethod
from marketplace.payments.providers.base import PaymentProvider, PaymentRequest
from stores.labels import qr, qr_png

BANK_NAMES = {
    "970400": "Saigonbank",
    "970403": "Sacombank",
    "970405": "Agribank",
    "970406": "Vikki Bank",
    "970407": "Techcombank",
    "970408": "GPBank",
    "970409": "Bac A Bank",
    "970412": "PVcomBank",
    "970414": "MBV",
    "970415": "VietinBank",
    "970416": "ACB",
    "970418": "BIDV",
    "970419": "NCB",
    "970421": "VRB",
    "970422": "MB Bank",
    "970423": "TPBank",
    "970424": "Shinhan Bank",
    "970425": "ABBank",
    "970426": "MSB",
    "970427": "VietABank",
    "970428": "Nam A Bank",
    "970429": "SCB",
    "970430": "PGBank",
    "970431": "Eximbank",
    "970432": "VPBank",
    "970433": "VietBank",
    "970434": "Indovina Bank",
    "970436": "Vietcombank",
    "970437": "HDBank",
    "970438": "BaoViet Bank",
    "970439": "Public Bank",
    "970440": "SeABank",
    "970441": "VIB",
    "970442": "Hong Leong Bank",
    "970443": "SHB",
    "970444": "VCBNeo",
    "970446": "Co-opBank",
    "970448": "OCB",
    "970449": "LPBank",
    "970452": "KienlongBank",
    "970454": "BVBank",
    "970457": "Woori Bank",
    "970458": "UOB",
    "970459": "CIMB",
}
"""By the bank's six digits at NAPAS.

Source: the lists of member banks that NAPAS and VietQR publish, 2025.
"""


@dataclass(frozen=True)
class TransferDetails:
    """A transfer to scan or to type; `payload` is the text of its code.

    `amount_vnd` is what is still missing, whole dong; `account_name` may be empty.
    """

    payload: str
    bank: str
    account: str
    account_name: str
    amount_vnd: int
    purpose: str

    @property
    def qr(self) -> SafeString:
        """The code as an inline SVG."""
        return qr(self.payload)

    @property
    def png(self) -> bytes:
        """The code as a picture that a bank's app reads from a telephone's album."""
        return qr_png(self.payload, scale=12)


class VietQr(PaymentProvider):
    """Nothing to cancel or fetch: a transfer cannot be stopped, and banks report it."""

    code = PaymentMethod.VIETQR
    title = _("Bank transfer, VietQR")
    description = _("Scan a code with your bank's app")
    icon = "scan"
    hold = dt.timedelta(minutes=30)

    def is_available(self, *, receive: str) -> bool:
        return bool(settings.VIETQR_BANK_BIN and settings.VIETQR_ACCOUNT)

    def request(self, payment: Payment) -> PaymentRequest:
        """The purpose of the transfer names the order."""
        return PaymentRequest(reference=transfer_purpose(payment.order.number))

    def get_transfer(self, payment: Payment) -> TransferDetails:
        """The transfer that a pending payment is waiting for."""
        bank, account = settings.VIETQR_BANK_BIN, settings.VIETQR_ACCOUNT
        amount_vnd, purpose = payment.missing_vnd, payment.reference
        payload = vietqr(
            bank=bank, account=account, amount_vnd=amount_vnd, purpose=purpose
        )
        return TransferDetails(
            payload=payload,
            bank=BANK_NAMES.get(bank, bank),
            account=account,
            account_name=settings.VIETQR_ACCOUNT_NAME or "",
            amount_vnd=amount_vnd,
            purpose=purpose,
        )

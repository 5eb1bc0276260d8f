"""Makes bank credits and records them."""

import itertools
import json
import time

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from marketplace.payments.bank.matching import BankCredit, transfer_purpose
from marketplace.payments.models import PaymentEvent
from marketplace.payments.operations.record_bank_credit import record_bank_credit
from tests.payments.stripe_events import sign_payload

BANK_SECRET = "a secret of the bank feed"
_number = itertools.count(1_000_001)  # above those that tests write themselves


def make_bank_credit(
    amount_vnd: int, purpose: str = "", reference: str = "", at=None, **fields: str
) -> BankCredit:
    return BankCredit(
        reference or f"FT{next(_number)}",
        at or timezone.now(),
        amount_vnd,
        purpose,
        raw=f"{amount_vnd} | {purpose}",
        **fields,
    )


def record_transfer(amount_vnd: int, purpose: str = "", reference: str = "", at=None):
    """Take a transfer in; returns what was written down of it."""
    now = at or timezone.now()
    one = make_bank_credit(amount_vnd, purpose, reference, now)
    return record_bank_credit(credit=one, at=now).event


def get_last_case() -> tuple[str, str]:
    event = PaymentEvent.objects.filter(source="bank").latest("pk")
    return event.code, event.outcome


def make_bank_notice(order, **fields: object) -> dict[str, object]:
    return {
        "reference": f"FT{next(_number)}",
        "amount_vnd": 190_000,
        "purpose": f"MBVCB.452.{transfer_purpose(order.number)}.CT tu 0351000646393",
        "booked_at": timezone.localtime().isoformat(),
    } | fields


def post_bank_notice(
    data: object, client: Client | None = None, *, signed: str | None = None
) -> HttpResponse:
    body = data if isinstance(data, bytes) else json.dumps(data).encode()
    if signed is None:
        signed = sign_payload(body, secret=BANK_SECRET)
    return (client or Client()).post(
        "/webhooks/bank/",
        body,
        content_type="application/json",
        headers={"Bank-Signature": signed},
    )


def sign_seconds_ago(body: bytes, seconds: int) -> str:
    return sign_payload(body, at=time.time() - seconds, secret=BANK_SECRET)

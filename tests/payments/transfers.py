"""What the bank says has come, told as the tests want it."""

import itertools
import json
import time

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from marketplace.payments.models import PaymentEvent
from marketplace.payments.operations.hear_transfer import hear_transfer
from marketplace.payments.purpose import purpose_of
from marketplace.payments.transfers import Came
from tests.payments.money import signature

BANK_SECRET = "a secret of the bank feed"
_number = itertools.count(1)


def came(amount_vnd: int, purpose: str = "", reference: str = "", at=None) -> Came:
    return Came(
        reference or f"FT{next(_number)}",
        at or timezone.now(),
        amount_vnd,
        purpose,
        raw=f"{amount_vnd} | {purpose}",
    )


def heard(amount_vnd: int, purpose: str = "", reference: str = "", at=None):
    """Take a transfer in; returns what was written down of it."""
    now = at or timezone.now()
    one = came(amount_vnd, purpose, reference, now)
    return hear_transfer(came=one, at=now).event


def last_case() -> tuple[str, str]:
    event = PaymentEvent.objects.filter(source="bank").latest("pk")
    return event.why, event.outcome


def notice(order, **fields: object) -> dict[str, object]:
    return {
        "reference": f"FT{next(_number)}",
        "amount_vnd": 190_000,
        "purpose": f"MBVCB.452.{purpose_of(order.number)}.CT tu 0351000646393",
        "booked_at": timezone.localtime().isoformat(),
    } | fields


def post_notice(
    said: object, client: Client | None = None, *, signed: str | None = None
) -> HttpResponse:
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    if signed is None:
        signed = signature(body, secret=BANK_SECRET)
    return (client or Client()).post(
        "/webhooks/bank/",
        body,
        content_type="application/json",
        headers={"Bank-Signature": signed},
    )


def stale(body: bytes, seconds: int) -> str:
    return signature(body, at=time.time() - seconds, secret=BANK_SECRET)

"""What a bank-feed service posts when money has come.

A JSON object, one transfer each, in UTF-8, of 64 KB at most:

    {"reference": "FT26329123456789", "amount_vnd": 190000,
     "purpose": "MBVCB.452507.QN1234567", "booked_at": "2026-11-25T09:43:12+07:00"}

`reference` is the bank's id of the transfer and makes it count once; `amount_vnd` is
whole dong, and money that left, 0 or below, is ignored; without `booked_at` it came
now. A `currency` has to be VND. Other keys are stored and not read. The header
`Bank-Signature: t=1764038592,v1=HEX` has the time of sending and the HMAC-SHA256, by
BANK_WEBHOOK_SECRET, of “t.body”.
"""

import datetime as dt
import hashlib
import hmac
import json

from django.conf import settings
from django.utils import timezone

from catalogue.money import MOST_VND
from catalogue.refusals import Refusal
from catalogue.text import one_line
from marketplace.payments.bank.matching import (
    MAX_PURPOSE,
    MAX_RAW,
    MAX_REFERENCE,
    BankCredit,
    is_in_future,
    is_plausible,
)
from marketplace.payments.providers.base import InvalidSignature

MAX_BYTES = 64 * 1024
TOLERANCE_S = 300
"""The greatest age of a signature, against replays."""


class UnreadableNotice(Refusal):
    """Signed, but no transfer; the message is for the feed's developers."""

    code = "unreadable"
    status = 422


def verify_notice(body: bytes, signature: str, *, at: dt.datetime) -> None:
    """Raises InvalidSignature unless the feed signed this body within five minutes."""
    fields = [field.partition("=") for field in signature.split(",")]
    times = [value for name, _is, value in fields if name.strip() == "t"]
    if len(times) != 1 or not times[0].isascii() or not times[0].isdecimal():
        raise InvalidSignature
    if len(times[0]) > 12 or abs(at.timestamp() - int(times[0])) > TOLERANCE_S:
        raise InvalidSignature
    expected = sign(times[0], body)
    signatures = [value for name, _is, value in fields if name.strip() == "v1"]
    if not any(hmac.compare_digest(expected, value.encode()) for value in signatures):
        raise InvalidSignature


def sign(moment: str, body: bytes) -> bytes:
    secret = settings.BANK_WEBHOOK_SECRET.encode()
    text = f"{moment}.".encode() + body
    return hmac.new(secret, text, hashlib.sha256).hexdigest().encode()


def parse_notice(body: bytes, *, at: dt.datetime) -> BankCredit | None:
    """The transfer that came; None when money left. Raises UnreadableNotice."""
    try:
        notice = json.loads(body)
    except (ValueError, RecursionError):
        raise UnreadableNotice("This is not JSON.") from None
    if not isinstance(notice, dict):
        raise UnreadableNotice("This is not a JSON object.")
    if notice.get("currency") not in (None, "", "VND"):
        raise UnreadableNotice("currency is not VND.")
    amount_vnd = notice.get("amount_vnd")
    if type(amount_vnd) is not int or amount_vnd > MOST_VND:
        raise UnreadableNotice("amount_vnd is not whole dong.")
    if amount_vnd <= 0:
        return None
    reference, purpose = notice.get("reference"), notice.get("purpose", "")
    if not isinstance(reference, str) or not one_line(reference):
        raise UnreadableNotice("reference is not a text.")
    if len(one_line(reference)) > MAX_REFERENCE:
        raise UnreadableNotice(f"reference is longer than {MAX_REFERENCE} signs.")
    if not isinstance(purpose, str):
        raise UnreadableNotice("purpose is not a text.")
    booked_at = notice.get("booked_at")
    return BankCredit(
        one_line(reference),
        parse_booked_at(booked_at) if booked_at else at,
        amount_vnd,
        one_line(purpose)[:MAX_PURPOSE],
        raw=decode_body(body),
    )


def parse_booked_at(text: object) -> dt.datetime:
    """Without an offset it is Việt Nam's time."""
    try:
        moment = dt.datetime.fromisoformat(str(text))
    except ValueError:
        raise UnreadableNotice("booked_at is not a time by ISO 8601.") from None
    if not is_plausible(moment):
        raise UnreadableNotice("booked_at is not of this century.")
    if timezone.is_naive(moment):
        moment = timezone.make_aware(moment)
    if is_in_future(moment):
        raise UnreadableNotice("booked_at is yet to come.")
    return moment


def decode_body(body: bytes) -> str:
    """The notice as text that every database can store."""
    return one_line(body.decode("utf-8", "replace"))[:MAX_RAW]

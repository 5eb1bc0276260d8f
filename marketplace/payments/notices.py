"""What a bank-feed service posts when money has come.

A JSON object, one transfer each, in UTF-8, of 64 KB at most:

    {"reference": "FT26329123456789", "amount_vnd": 190000,
     "purpose": "MBVCB.452507.QN1234567", "booked_at": "2026-11-25T09:43:12+07:00"}

`reference` is the bank's name of the transfer and makes it count once; `amount_vnd` is
whole dong, and money that left, 0 or below, is passed over; without `booked_at` it came
now. A `currency` has to be VND. More keys are kept and not read. The header
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
from catalogue.text import one_line
from marketplace.payments.transfers import (
    LONGEST_PURPOSE,
    LONGEST_RAW,
    LONGEST_REFERENCE,
    Came,
    is_likely,
    is_yet_to_come,
)

MOST_BYTES = 64 * 1024
TOLERANCE_S = 300
"""A signature older than five minutes is somebody's copy."""


class NotSigned(Exception):
    """It is not from the bank feed, or is too old."""


class Unreadable(Exception):
    """Signed, and yet no transfer; `args[0]` names what is wrong, for their people."""


def verify(body: bytes, signature: str, *, at: dt.datetime) -> None:
    """Raises NotSigned unless the feed signed this body within five minutes."""
    parts = [part.partition("=") for part in signature.split(",")]
    said = [value for name, _is, value in parts if name.strip() == "t"]
    if len(said) != 1 or not said[0].isascii() or not said[0].isdecimal():
        raise NotSigned("no time")
    if len(said[0]) > 12 or abs(at.timestamp() - int(said[0])) > TOLERANCE_S:
        raise NotSigned("too old, or not yet")
    right = signed(said[0], body)
    given = [value for name, _is, value in parts if name.strip() == "v1"]
    if not any(hmac.compare_digest(right, value.encode()) for value in given):
        raise NotSigned("not by our secret")


def signed(moment: str, body: bytes) -> bytes:
    secret = settings.BANK_WEBHOOK_SECRET.encode()
    text = f"{moment}.".encode() + body
    return hmac.new(secret, text, hashlib.sha256).hexdigest().encode()


def read(body: bytes, *, at: dt.datetime) -> Came | None:
    """The transfer that came; None when money left. Raises Unreadable."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable("This is not JSON.") from None
    if not isinstance(said, dict):
        raise Unreadable("This is not a JSON object.")
    if said.get("currency") not in (None, "", "VND"):
        raise Unreadable("currency is not VND.")
    amount_vnd = said.get("amount_vnd")
    if type(amount_vnd) is not int or amount_vnd > MOST_VND:
        raise Unreadable("amount_vnd is not whole dong.")
    if amount_vnd <= 0:
        return None
    reference, purpose = said.get("reference"), said.get("purpose", "")
    if not isinstance(reference, str) or not one_line(reference):
        raise Unreadable("reference is not a text.")
    if len(one_line(reference)) > LONGEST_REFERENCE:
        raise Unreadable(f"reference is longer than {LONGEST_REFERENCE} signs.")
    if not isinstance(purpose, str):
        raise Unreadable("purpose is not a text.")
    return Came(
        one_line(reference),
        moment_of(said["booked_at"]) if said.get("booked_at") else at,
        amount_vnd,
        one_line(purpose)[:LONGEST_PURPOSE],
        raw=written(body),
    )


def moment_of(text: object) -> dt.datetime:
    """Without an offset it is Việt Nam's time."""
    try:
        moment = dt.datetime.fromisoformat(str(text))
    except ValueError:
        raise Unreadable("booked_at is not a time by ISO 8601.") from None
    if not is_likely(moment):
        raise Unreadable("booked_at is not of this century.")
    if timezone.is_naive(moment):
        moment = timezone.make_aware(moment)
    if is_yet_to_come(moment):
        raise Unreadable("booked_at is yet to come.")
    return moment


def written(body: bytes) -> str:
    """The notice as text that every database can keep."""
    return one_line(body.decode("utf-8", "replace"))[:LONGEST_RAW]

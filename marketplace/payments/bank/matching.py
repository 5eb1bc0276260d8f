"""A bank transfer that came, and the order that its purpose names.

Banks turn the letters of a purpose to capitals or small ones, drop dashes and blanks,
break lines, and add words and numbers of their own. So an order is recognised by two
letters and seven digits that follow each other once all else is left out.
"""

import datetime as dt
import hashlib
import re
from dataclasses import dataclass

from django.utils import timezone

from catalogue.text import fold

MAX_REFERENCE = 100
MAX_PURPOSE = 500
MAX_RAW = 4000
ORDER = re.compile(r"qn([0-9]{7})")
NOTICE, STATEMENT = "notice", "statement"
GENERATED = "line-"
"""The prefix of our own references, for lines to which the bank gives none."""


@dataclass(frozen=True)
class BankCredit:
    """Whole dong that came to the account.

    `reference` is the bank's, or ours (`GENERATED`); `raw` is the line or notice as it
    was written; `channel` says which of the two reported it.
    """

    reference: str
    booked_at: dt.datetime
    amount_vnd: int
    purpose: str
    raw: str
    channel: str = NOTICE

    @property
    def has_bank_reference(self) -> bool:
        return not self.reference.startswith(GENERATED)

    @property
    def fingerprint(self) -> str:
        """Distinguishes two transfers that have one reference."""
        return digest(self.amount_vnd, normalize_purpose(self.purpose))[:12]


def generate_reference(*, account: str, credit: BankCredit, number: int) -> str:
    """A reference for a credit without one, the same whenever its file is uploaded.

    `number` counts the credits of the file that are equal, from 1.
    """
    moment = credit.booked_at.isoformat()
    purpose = normalize_purpose(credit.purpose)
    return GENERATED + digest(account, moment, credit.amount_vnd, purpose, number)[:32]


def digest(*values: object) -> str:
    return hashlib.sha256("|".join(map(str, values)).encode()).hexdigest()


def is_plausible(moment: dt.datetime) -> bool:
    """Whether a bank can have meant it; keeps date arithmetic from overflowing."""
    return 2000 <= moment.year <= 2100


def is_in_future(moment: dt.datetime) -> bool:
    """Whether no bank can have booked it yet; a day is left to clocks elsewhere."""
    return moment > timezone.now() + dt.timedelta(days=1)


def transfer_purpose(number: str) -> str:
    """The purpose that names an order: its number without the dash.

    >>> transfer_purpose("QN-1234567")
    'QN1234567'
    """
    return normalize_purpose(number).upper()


def normalize_purpose(text: str) -> str:
    """Only its letters and digits, folded: how two purposes are compared."""
    return "".join(sign for sign in fold(text) if sign.isascii() and sign.isalnum())


def find_order_numbers(purpose: str) -> list[str]:
    """The order numbers in a purpose, each once, as they are written in the shop."""
    found = dict.fromkeys(ORDER.findall(normalize_purpose(purpose)))
    return [f"QN-{digits}" for digits in found]

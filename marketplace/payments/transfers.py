"""A transfer that came to the account, whoever tells of it."""

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.utils import timezone

from marketplace.payments.purpose import squeezed

LONGEST_REFERENCE = 100
LONGEST_PURPOSE = 500
LONGEST_RAW = 4000
OURS = "line-"
"""How our own names of transfers begin, where the bank gives them none."""


@dataclass(frozen=True)
class Came:
    """Whole dong that came; `reference` is the bank's name for it, or ours (`OURS`).

    `raw` is the line or notice as it was written.
    """

    reference: str
    booked_at: dt.datetime
    amount_vnd: int
    purpose: str
    raw: str

    @property
    def is_named_by_the_bank(self) -> bool:
        return not self.reference.startswith(OURS)

    @property
    def mark(self) -> str:
        """Tells two transfers apart that the bank calls by one name."""
        return digest(self.amount_vnd, squeezed(self.purpose))[:12]


def name_for(*, account: str, said: "Came", number: int) -> str:
    """A name for a transfer that has none: of what is said of it, and of how many
    there were before it in the file that say the same.
    """
    moment = said.booked_at.isoformat()
    purpose = squeezed(said.purpose)
    return OURS + digest(account, moment, said.amount_vnd, purpose, number)[:32]


def digest(*parts: object) -> str:
    return hashlib.sha256("|".join(map(str, parts)).encode()).hexdigest()


def is_likely(moment: dt.datetime) -> bool:
    """Whether a bank can have meant it; keeps what follows from overflowing."""
    return 2000 <= moment.year <= 2100


def is_yet_to_come(moment: dt.datetime) -> bool:
    """Whether no bank can have booked it yet; a day is left to clocks elsewhere."""
    return moment > timezone.now() + dt.timedelta(days=1)

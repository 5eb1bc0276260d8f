"""Value-added tax: which rate holds for what, on which day, and how much is in a price.

Prices are with VAT, in whole dong. Source: Law 48/2024/QH15, articles 5 and 9, and
Resolution 204/2025/QH15, which lowers 10 % to 8 % from 01/07/2025 to 31/12/2026 and not
for goods with excise duty, as alcohol. Quoted from memory: an
accountant has to confirm it before a real sale.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

REDUCED = (dt.date(2025, 7, 1), dt.date(2026, 12, 31))
"""First and last day on which the standard rate is 8 %."""

FARM_SUBGROUPS = {"fresh_produce", "fresh_animal", "grain", "flower", "plant", "animal"}
"""Sub-groups whose goods come from the field, at most cleaned, dried or hulled."""


class VatKind(models.TextChoices):
    """How the law classes a product."""

    STANDARD = "standard", _("goods and services")
    EXCISE = "excise", _("with excise duty: alcohol")
    FARM = "farm", _("farm goods, not processed")


class VatRate(models.TextChoices):
    """The rate stored on a line on the day of sale; it never changes afterwards."""

    TEN = "10", "10%"
    EIGHT = "8", "8%"
    FIVE = "5", "5%"
    NONE = "none", _("not subject to VAT")


def usual_kind(*, subgroup: str, is_alcohol: bool) -> VatKind:
    """What goods of a sub-group are, unless an accountant knows better."""
    if is_alcohol:
        return VatKind.EXCISE
    return VatKind.FARM if subgroup in FARM_SUBGROUPS else VatKind.STANDARD


def rate_on(kind: str, day: dt.date, *, by_grower: bool = False) -> VatRate:
    """The rate of a day. Farm goods sold by their grower are not subject to VAT."""
    if kind == VatKind.FARM:
        return VatRate.NONE if by_grower else VatRate.FIVE
    first, last = REDUCED
    reduced = kind == VatKind.STANDARD and first <= day <= last
    return VatRate.EIGHT if reduced else VatRate.TEN


def vat_in(gross_vnd: int, rate: str) -> int:
    """The VAT that a sum contains, as whole dong, half a dong up.

    The one rule of rounding: it applies to the sum of a line and never to a unit or
    a total, so that lines add up to their total. The VAT of what is taken off a line
    later is `vat_between`, so that the shares add up to the line.

    >>> vat_in(108_000, "8")
    8000
    """
    if not rate or rate == VatRate.NONE:
        return 0
    if gross_vnd < 0:
        return -vat_in(-gross_vnd, rate)
    percent = int(rate)
    return (2 * gross_vnd * percent + 100 + percent) // (2 * (100 + percent))


def vat_between(before_vnd: int, after_vnd: int, rate: str) -> int:
    """The VAT of what takes a sum from `before_vnd` to `after_vnd`."""
    return vat_in(after_vnd, rate) - vat_in(before_vnd, rate)


def rate_label(rate: str) -> str:
    """The label of a stored rate, also where none is known."""
    return str(VatRate(rate).label if rate else _("rate to be decided"))


@dataclass(frozen=True)
class VatSum:
    """What was sold at one rate, in whole dong; `rate` is empty where none is known."""

    rate: str
    gross_vnd: int
    vat_vnd: int

    @property
    def net_vnd(self) -> int:
        return self.gross_vnd - self.vat_vnd

    @property
    def label(self) -> str:
        return rate_label(self.rate)


def by_rate(rows: Iterable[tuple[str, int, int]]) -> list[VatSum]:
    """Rate, gross and VAT of lines, summed by rate; the highest rate first."""
    sums: dict[str, tuple[int, int]] = {}
    for rate, gross, vat in rows:
        before = sums.get(rate, (0, 0))
        sums[rate] = (before[0] + gross, before[1] + vat)
    order = [*VatRate.values, ""]
    return [VatSum(rate, *sums[rate]) for rate in sorted(sums, key=order.index)]

"""Find what a buyer's code is for, and slow down whoever guesses codes."""

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from catalogue.refusals import Refusal
from marketplace.orders.models import Fulfilment, WrongCodes
from stores.models import SalesPoint

if TYPE_CHECKING:
    from django.contrib.auth.models import _User

FREE_TRIES = 5
"""So many wrong codes in a row cost no time."""

FIRST_WAIT, LONGEST_WAIT = dt.timedelta(seconds=10), dt.timedelta(minutes=5)
FORGOTTEN_AFTER = dt.timedelta(minutes=15)

Status = Fulfilment.Status

CODE_ENDED: Mapping[str, Promise] = {
    Status.CANCELLED: _("The order with this code was cancelled."),
    Status.LAPSED: _("The order with this code was not paid in time."),
    Status.AWAITING_PAYMENT: _(
        "The order with this code is not paid yet. Hand nothing over."
    ),
    Status.NOT_COLLECTED: _(
        "This order was not collected in time; its goods are back on the shelf."
    ),
}
"""Why a code leads to no fulfilment."""


class CodeRefused(Refusal):
    """There is nothing to hand over here for this code."""

    field = "code"


class WrongCode(CodeRefused):
    """A code that was guessed or mistyped; whoever types many has to wait."""

    status = 422
    message = _("This is not the code of this order. Nothing was handed over.")


class UnknownCode(WrongCode):
    status = 404
    message = _("No order has this code. Compare it with the buyer's page.")


class TooManyWrongCodes(CodeRefused):
    """The keeper has to wait `seconds` before the next code is looked at."""

    status = 429

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds

    @property
    def message(self) -> str:
        return (
            ngettext(
                "Too many wrong codes. Wait %d second, then type the next.",
                "Too many wrong codes. Wait %d seconds, then type the next.",
                self.seconds,
            )
            % self.seconds
        )


def find_by_code(
    *, point: SalesPoint, code: str, keeper: "_User", at: dt.datetime
) -> Fulfilment:
    """The point's fulfilment that waits for the buyer with this code.

    A refusal names a point, a time and a keeper, and nothing of any buyer.

    Raises UnknownCode, CodeRefused or TooManyWrongCodes.
    """
    with slowed_down(keeper=keeper, at=at):
        rows = Fulfilment.objects.select_related("point", "handed_over_by")
        found = rows.filter(code=code).first()
        if found is None:
            raise UnknownCode
        if found.handed_over_at:
            raise CodeRefused(handed_over_sentence(found, point, at))
        if found.status in CODE_ENDED:
            raise CodeRefused(CODE_ENDED[found.status])
        if found.point_id != point.pk:
            text = _("This order is not here: it waits at %s.")
            raise CodeRefused(text % found.point.name)
        return found


def handed_over_sentence(
    fulfilment: Fulfilment, point: SalesPoint, at: dt.datetime
) -> str:
    """When it was handed over, and by whom or, if not at `point`, where."""
    when = timezone.localtime(fulfilment.handed_over_at)
    today = when.date() == timezone.localdate(at)
    names = {
        "when": f"{when:%H:%M}" if today else date_format(when, "SHORT_DATETIME_FORMAT")
    }
    if fulfilment.point_id != point.pk:
        elsewhere = _("It was handed over at %(when)s, at %(point)s.")
        return elsewhere % (names | {"point": fulfilment.point.name})
    keeper = fulfilment.handed_over_by
    return _("It was handed over at %(when)s, by %(keeper)s.") % (
        names | {"keeper": str(keeper or "–")}
    )


@contextmanager
def slowed_down(*, keeper: "_User", at: dt.datetime) -> Iterator[None]:
    """Refuse while the keeper has to wait, and count a WrongCode raised inside.

    It may not stand in a transaction: a refusal would undo the count.
    """
    typed = WrongCodes.objects.filter(keeper=keeper).first()
    if (
        typed
        and (left := typed.last_at + wait_after(typed.number) - at) > dt.timedelta()
    ):
        raise TooManyWrongCodes(-(-left // dt.timedelta(seconds=1)))
    try:
        yield
    except WrongCode:
        count_wrong_code(keeper=keeper, at=at)
        raise


def wait_after(number: int) -> dt.timedelta:
    """How long the next code has to wait after so many wrong ones."""
    if number < FREE_TRIES:
        return dt.timedelta()
    return min(FIRST_WAIT * (1 << min(number - FREE_TRIES, 10)), LONGEST_WAIT)


@transaction.atomic
def count_wrong_code(*, keeper: "_User", at: dt.datetime) -> None:
    """One more, or the first again after FORGOTTEN_AFTER without any."""
    WrongCodes.objects.get_or_create(keeper=keeper, defaults={"last_at": at})
    typed = WrongCodes.objects.select_for_update().get(keeper=keeper)
    recent = at - typed.last_at <= FORGOTTEN_AFTER
    typed.number = typed.number + 1 if recent else 1
    typed.last_at = at
    typed.save()

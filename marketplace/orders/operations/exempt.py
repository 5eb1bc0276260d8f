"""Exempt a buyer from the limits of unpaid orders, and end that again."""

import datetime as dt
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from catalogue.refusals import NothingToDo, ReasonRequired
from marketplace.orders.models import LimitExemption

if TYPE_CHECKING:
    from django.contrib.auth.models import _User

NEEDS_REASON = _("Say why this buyer may have more unpaid orders than others.")
EXEMPT_ALREADY = _("This buyer is exempt already.")
ENDED_ALREADY = _("That exemption has ended already.")


def exempt_buyer(
    *, contact: str, reason: str, actor: "_User", at: dt.datetime
) -> LimitExemption:
    """The limits do not hold for this telephone or mail address from now on.

    Raises ReasonRequired, or NothingToDo for a buyer who is exempt already.
    """
    if not reason.strip():
        raise ReasonRequired(NEEDS_REASON)
    try:
        with transaction.atomic():
            return LimitExemption.objects.create(
                contact=contact, reason=reason.strip(), actor=actor, at=at
            )
    except IntegrityError as error:
        raise NothingToDo(EXEMPT_ALREADY, field="contact") from error


def end_exemption(
    *, exemption: LimitExemption, actor: "_User", at: dt.datetime
) -> None:
    """The limits hold again. Raises NothingToDo."""
    row = LimitExemption.objects.filter(pk=exemption.pk, ended_at=None)
    if not row.update(ended_by=actor, ended_at=at):
        raise NothingToDo(ENDED_ALREADY)

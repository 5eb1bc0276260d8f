"""The interface of a payment provider.

Never called inside a transaction: a call may take seconds, fail, or succeed without
answering. The key of a payment or a refund makes a repeated call harmless.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

from catalogue.refusals import Refusal
from marketplace.payments.models import Code, Payment, Refund
from marketplace.payments.states import PaymentFact


class ProviderError(Exception):
    """A call that did not work; `args[0]` is the provider's message, for a manager."""

    code: Code


class NotAnswering(ProviderError):
    """The provider cannot be reached or is too busy; try again later."""

    code = Code.NOT_ANSWERING


class Declined(ProviderError):
    """The provider refuses; trying again does not help."""

    code = Code.DECLINED


class InvalidSignature(Refusal):
    """A webhook call that is not from the provider, is too old, or is no event."""

    message = "The signature is wrong or too old."
    code = "not_signed"
    status = 400


@dataclass(frozen=True)
class PaymentRequest:
    """A payment that was requested; `url` is where the buyer pays, if elsewhere."""

    reference: str = ""
    url: str = ""


@dataclass(frozen=True)
class RefundResult:
    """A refund that was accepted; `done` once the money has left."""

    reference: str
    done: bool


class PaymentProvider:
    """One payment method, and whoever moves its money.

    The defaults are those of payment on receipt: nobody else takes part.
    """

    code: str
    """One of `PaymentMethod`."""
    title: str | Promise
    description: str | Promise
    icon: str
    hold: dt.timedelta | None = None
    """How long goods are reserved while money is awaited; None: paid on receipt."""
    min_open = dt.timedelta(0)
    """The shortest time that an attempt to pay stays open."""
    sends_refunds = False
    """Whether it sends money back itself; else a person does, and records it."""

    def is_available(self, *, receive: str) -> bool:
        """Whether it is configured, and fits the delivery method `receive`."""
        raise NotImplementedError

    def is_up(self) -> bool:
        """False while it is known to be down: listed, but not selectable."""
        return True

    def request(self, payment: Payment) -> PaymentRequest:
        """Request the money. Raises NotAnswering or Declined."""
        return PaymentRequest()

    def cancel(self, payment: Payment) -> None:
        """Make sure that an attempt which ended cannot be paid any more.

        Raises NotAnswering, or Declined, for instance when it was just paid.
        """

    def refund(self, refund: Refund) -> RefundResult | None:
        """Send money back. Raises NotAnswering or Declined.

        None: the provider sends nothing back; a person does, and records it.
        """
        return None

    def fetch_facts(self, payment: Payment) -> Sequence[PaymentFact]:
        """What the provider knows of a payment and its refunds.

        Raises NotAnswering or Declined.
        """
        return []

"""The port: what every way to pay can be asked, and what it may answer.

Nothing here is called while a transaction is open: each of them may take seconds, fail,
or have worked without saying so. The key of a payment or a refund makes a repetition
harmless.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

from marketplace.payments.models import Payment, PaymentEvent, Refund

if TYPE_CHECKING:
    from marketplace.accounts.models import User
    from stores.models import SalesPoint


class NotAnswering(Exception):
    """Whoever moves the money cannot be reached, or is too busy; try again later."""


class Refused(Exception):
    """Whoever moves the money says no; `args[0]` is what they said, for a manager."""


class OnlyByHand(Exception):
    """This way gives nothing back by itself: a person does, and writes it down."""


@dataclass(frozen=True)
class News:
    """One fact about money, whoever told it and however often.

    `subject` names what it is about: a session, a refund, a transaction, a job. One
    `kind` of fact is told of it once. `amount_vnd` is whole dong, negative when money
    left. With `exact` another amount than the one asked for is kept for a manager, and
    so is anything with a `doubt`.
    """

    source: PaymentEvent.Source
    subject: str
    kind: PaymentEvent.Kind
    happened_at: dt.datetime
    amount_vnd: int = 0
    exact: bool = False
    doubt: str = ""
    why: str = ""
    money_reference: str = ""
    refund_key: str = ""
    payload: dict[str, Any] = field(default_factory=dict)
    actor: "User | None" = None
    point: "SalesPoint | None" = None
    paid_by: str = ""
    answers: "PaymentEvent | None" = None

    @property
    def external_id(self) -> str:
        return f"{self.subject}:{self.kind}"


@dataclass(frozen=True)
class Asked:
    """The money has been asked for; `url` is where the buyer pays, if elsewhere."""

    reference: str = ""
    url: str = ""


@dataclass(frozen=True)
class GivenBack:
    """The refund was taken on; `done` once the money has left."""

    reference: str
    done: bool


class Way:
    """A way to pay: an adapter of whoever moves the money.

    As it stands here a person does, by hand: nobody else is asked or told.
    """

    code: str
    title: "str | Promise"
    says: "str | Promise"
    icon: str
    hold: dt.timedelta | None = None
    """How long goods are kept while money is awaited; None: paid on receipt."""
    shortest = dt.timedelta(0)
    """An attempt to pay stays open for so long at least."""

    def offered(self, *, receive: str) -> bool:
        """Whether it is set up, and fits how the order is received."""
        raise NotImplementedError

    def answers(self) -> bool:
        """False while it is known to be down: shown, and not to be chosen."""
        return True

    def ask(self, payment: Payment) -> Asked:
        """Ask for the money. Raises NotAnswering or Refused."""
        return Asked()

    def end(self, payment: Payment) -> None:
        """See to it that an attempt which ended cannot be paid any more.

        Raises NotAnswering or Refused, for instance when it was paid meanwhile.
        """

    def give_back(self, refund: Refund) -> GivenBack:
        """Send money back. Raises NotAnswering, Refused or OnlyByHand."""
        raise OnlyByHand

    def news_of(self, payment: Payment) -> Sequence[News]:
        """What they know of it and its refunds. Raises NotAnswering or Refused."""
        return []
